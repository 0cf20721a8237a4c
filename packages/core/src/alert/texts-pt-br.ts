import type { Rule } from './alert.ts'
import { SERVER_WORDS_PT_BR } from './server-texts-pt-br.ts'
import { type AlertWords, dayPercent, fact } from './text-alert.ts'

const DOWN_TODO: Readonly<Record<string, string>> = {
  WAITING_FOR_SCAN: 'Abra o número na página e leia o QR Code com o celular dele.',
  QR_LIMIT_REACHED: 'Com o celular em mãos, gere um QR Code novo na página e faça a leitura.',
  NO_QR_CODE:
    'O WhatsApp não fornece o QR Code. Se outros números estão conectados, atualize a Evolution; senão, confira a internet dela.',
  RECONNECTING:
    'A Evolution está reconectando. Se passar de 5 minutos, verifique o celular e a internet dele.',
  RECONNECTING_TOO_LONG:
    'Verifique o celular e a internet dele, depois a Evolution. Se estiver tudo certo, reinicie o número na página.',
  FLAPPING:
    'Ele cai e volta sem parar. Confira a internet da Evolution e do celular, e se outro programa usa o mesmo número.',
  REPLACED:
    'Duas conexões usam o mesmo login. Encerre a sessão na página e leia o QR Code de novo. Se outra Evolution usa o mesmo banco de dados, pare-a antes.',
  CLOSED: 'Espere um minuto. Se ele não voltar, leia o QR Code de novo.',
  NOT_ON_EVOLUTION:
    'Este número não existe na Evolution. Adicione-o de novo na página com o mesmo nome, ou exclua-o.',
  EVOLUTION_UNREACHABLE: 'A Evolution não responde por ele: confira o servidor, o endereço e a rede.',
  EVOLUTION_UNLICENSED: 'Abra o manager da Evolution (/manager) no navegador e ative a licença.',
  EVOLUTION_REFUSES_KEY:
    'A Evolution recusa a chave: confira a do servidor dele (EVOLUTION_API_KEY, ou a do servidor adicionado).',
  EVOLUTION_UNCLEAR: 'As respostas da Evolution não são entendidas: veja o log dela.',
}
const SCAN = 'A sessão dele terminou. Abra o número na página e leia o QR Code com o celular dele.'

const REMOVED: Readonly<Partial<Record<Rule, (name: string) => string>>> = {
  webhook_failing: (name) => `O webhook "${name}" foi excluído, e o alerta dele terminou`,
  route_failing: (name) => `A rota de alertas "${name}" foi excluída, e o alerta dela terminou`,
}

/** The texts of alerts in Brazilian Portuguese. */
export const WORDS_PT_BR: AlertWords = {
  severity: { critical: 'crítico', warning: 'atenção', info: 'informação' },
  since: 'Desde',
  lasted: 'Durou',
  means: 'Para os clientes',
  todo: 'O que fazer',
  page: 'Página',
  removed: (alert) =>
    REMOVED[alert.rule]?.(alert.subject) ?? `"${alert.subject}" foi excluído, e o alerta dele terminou`,
  paused: (name) => `"${name}" foi pausado, e o alerta dele terminou`,
  banned: (name) => `"${name}" foi bloqueado, e este alerta dele terminou`,
  more: (n) => `e mais ${n}`,
  openedTitle: (n) => `${n} alertas novos`,
  closedTitle: (n) => `${n} alertas terminaram`,
  digestTitle: (n) => (n === 1 ? 'Resumo: 1 alerta' : `Resumo: ${n} alertas`),
  open: 'aberto',
  over: 'terminado',
  wellSince: (at) => `normal desde ${at}`,
  endsSoon: (at) => `Está tudo normal desde ${at}. O alerta termina se continuar assim por 5 minutos.`,
  rules: {
    ...SERVER_WORDS_PT_BR,
    all_numbers_down: {
      opened: (alert) =>
        `Nenhum número está conectado${Number(alert.facts.numbers) > 1 ? ` (${fact(alert, 'numbers')} números)` : ''}`,
      closed: () => 'Há número conectado de novo',
      unrecovered: () => 'Não há mais nenhum número em uso, e o alerta terminou',
      openedMany: () => 'Nenhum número está conectado',
      closedMany: () => 'Há números conectados de novo',
      means: 'Nenhuma mensagem sai e os clientes ficam sem resposta.',
      todo: () =>
        'Verifique primeiro a Evolution e a internet dela. Se o WhatsApp está fora do ar para todos, espere. Senão, reinicie a Evolution e leia o QR Code dos números que não voltarem.',
    },
    no_polling: {
      opened: (alert) =>
        alert.facts.until
          ? 'O zapfleet ficou um tempo sem acompanhar os números'
          : 'O zapfleet não verifica os números há algum tempo',
      closed: () => 'Os números são acompanhados de novo',
      openedMany: () => 'Os números ficaram um tempo sem acompanhamento',
      closedMany: () => 'Os números são acompanhados de novo',
      means:
        'Números que caíram nesse tempo podem ter sido escolhidos para mensagens, e nada avisou sobre isso.',
      todo: () =>
        'Veja o log do scheduler, e se ele está no ar e alcança o banco de dados e a Evolution. Para garantir, mantenha um segundo scheduler.',
    },
    ban_wave: {
      opened: (alert) => `${fact(alert, 'numbers')} números foram bloqueados em 10 minutos`,
      closed: () => 'Nenhum outro número foi bloqueado ultimamente',
      openedMany: () => 'Vários números foram bloqueados em 10 minutos',
      closedMany: () => 'Nenhum outro número foi bloqueado ultimamente',
      means: 'Se os envios continuarem assim, outros números podem ser bloqueados.',
      todo: () =>
        'Pause as campanhas agora. Compare o que os números bloqueados enviaram: texto, ritmo, contatos novos. Volte com menos contatos novos por dia.',
    },
    number_banned: {
      opened: ({ subject }) => `O WhatsApp bloqueou "${subject}"`,
      closed: ({ subject }) => `"${subject}" foi desbloqueado`,
      openedMany: (n) => `O WhatsApp bloqueou ${n} números`,
      closedMany: (n) => `${n} números foram desbloqueados`,
      means: 'Ele não envia nada. Os contatos dele passam a outro número na próxima mensagem.',
      todo: () =>
        'Peça revisão no WhatsApp do celular dele. Enquanto isso, coloque outro número no lugar e escreva para menos contatos novos.',
    },
    number_down: {
      opened: ({ subject, facts }) =>
        facts.reason === 'FLAPPING' ? `"${subject}" cai e volta sem parar` : `"${subject}" está desconectado`,
      closed: ({ subject }) => `"${subject}" está conectado de novo`,
      openedMany: (n) => `${n} números estão desconectados`,
      closedMany: (n) => `${n} números estão conectados de novo`,
      means: 'Ele não envia nada, e o que os clientes escrevem para ele só chega quando ele voltar.',
      todo: (alert) => DOWN_TODO[fact(alert, 'reason')] ?? SCAN,
    },
    number_failing: {
      opened: ({ subject }) => `As mensagens de "${subject}" não chegam`,
      closed: ({ subject }) => `As mensagens de "${subject}" chegam de novo`,
      openedMany: (n) => `As mensagens de ${n} números não chegam`,
      closedMany: (n) => `As mensagens de ${n} números chegam de novo`,
      means:
        'Ele aparece como conectado, mas as últimas mensagens foram recusadas ou ficaram sem confirmação. Outros números atendem os contatos dele.',
      todo: (alert) =>
        alert.facts.reason === 'NO_RECEIPTS'
          ? 'Envie uma mensagem para um celular seu por ele. Se não chegar, reinicie-o na página.'
          : 'Reinicie-o na página. Se não resolver, verifique o celular e a internet dele.',
    },
    number_restricted: {
      opened: ({ subject }) => `O WhatsApp restringiu "${subject}"`,
      closed: ({ subject }) => `A restrição de "${subject}" terminou`,
      openedMany: (n) => `O WhatsApp restringiu ${n} números`,
      closedMany: (n) => `A restrição de ${n} números terminou`,
      means: 'Ele só escreve para quem já o conhece. Contatos novos vão para outro número.',
      todo: () =>
        'Veja o aviso no WhatsApp do celular dele e registre na página até quando vale. Escreva para menos contatos novos por dia.',
    },
    wrong_phone: {
      opened: ({ subject, facts }) =>
        facts.duplicateOf
          ? `"${subject}" usa o mesmo celular que "${facts.duplicateOf}"`
          : `"${subject}" está conectado a outro celular, não ao cadastrado`,
      closed: ({ subject }) => `"${subject}" está com o celular certo`,
      openedMany: (n) => `${n} números estão com o celular errado`,
      closedMany: (n) => `${n} números estão com o celular certo`,
      means: 'Os clientes podem receber mensagens de um número que não conhecem.',
      todo: ({ facts }) =>
        facts.duplicateOf
          ? 'Encerre a sessão de um dos dois, ou conecte este a um celular próprio.'
          : 'Encerre a sessão e leia o QR Code com o celular certo, ou corrija o telefone na página.',
    },
    sends_failing: {
      opened: (alert) => `Os últimos ${fact(alert, 'failed')} envios de "${alert.subject}" falharam`,
      closed: ({ subject }) => `"${subject}" voltou a enviar`,
      unrecovered: ({ subject }) =>
        `O alerta dos envios de "${subject}" terminou sem que outro envio desse certo depois`,
      openedMany: (n) => `Os últimos envios de ${n} números falharam`,
      closedMany: (n) => `${n} números voltaram a enviar`,
      means: 'As pessoas dessas mensagens não receberam nada.',
      todo: () =>
        'Veja os erros das últimas mensagens dele. Se os contatos estão errados, corrija a lista; senão, reinicie o número na página.',
    },
    messages_waiting: {
      opened: (alert) =>
        `${alert.facts.waiting === 1 ? '1 mensagem espera' : `${fact(alert, 'waiting')} mensagens esperam`} e nenhum sender está no ar`,
      closed: () => 'As mensagens voltaram a sair',
      unrecovered: () => 'Nenhuma mensagem espera mais, e nenhum sender está no ar',
      openedMany: () => 'Mensagens esperam e nenhum sender está no ar',
      closedMany: () => 'As mensagens voltaram a sair',
      means: 'Essas mensagens estão atrasadas, e as de validade curta vencem.',
      todo: () => 'Inicie o sender (serviço "sender"), ou veja no log dele por que parou.',
    },
    day_nearly_full: {
      opened: (alert) => `${dayPercent(alert)} % das mensagens de hoje já foram usadas`,
      closed: () => 'Começou um novo dia',
      openedMany: () => 'As mensagens de hoje estão quase no fim',
      closedMany: () => 'Começou um novo dia',
      means: 'Quando acabarem, as mensagens são recusadas até a meia-noite.',
      todo: () =>
        'Deixe para amanhã o que não é urgente, ou adicione um número. Aumentar o limite diário aumenta o risco de bloqueio.',
    },
    webhook_failing: {
      opened: ({ subject }) => `O webhook "${subject}" não aceita nada há uma hora`,
      closed: ({ subject }) => `O webhook "${subject}" aceita eventos de novo`,
      openedMany: (n) => `${n} webhooks não aceitam nada há uma hora`,
      closedMany: (n) => `${n} webhooks aceitam eventos de novo`,
      means: 'As mensagens não são afetadas. O programa atrás dele não recebe os eventos.',
      todo: () => 'Verifique quem recebe. "zapfleet webhook-endpoints" mostra a última resposta.',
    },
    route_failing: {
      opened: ({ subject }) => `A rota de alertas "${subject}" não aceita nada há uma hora`,
      closed: ({ subject }) => `A rota de alertas "${subject}" voltou a funcionar`,
      openedMany: (n) => `${n} rotas de alertas não aceitam nada há uma hora`,
      closedMany: (n) => `${n} rotas de alertas voltaram a funcionar`,
      means: 'As mensagens não são afetadas. Quem depende desta rota fica sem alertas.',
      todo: () => 'Confira o token e o endereço da rota. "zapfleet alert-routes" mostra o último erro.',
    },
  },
}
