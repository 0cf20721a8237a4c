import type { frame as English } from '../en/frame.ts'

/** A moldura de todas as telas: topo, rodapé, avisos e diálogos. */
export const frame: typeof English = {
  languageName: 'Português',
  theme: { name: 'Aparência', auto: 'Do sistema', light: 'Clara', dark: 'Escura' },
  language: 'Idioma',
  close: 'Fechar',
  cancel: 'Cancelar',
  dense: 'Lista compacta',

  unsaved: {
    title: 'Descartar as alterações?',
    more: 'O que você digitou ainda não foi salvo.',
    discard: 'Descartar',
    keep: 'Continuar editando',
  },
  none: 'nenhum',
  never: 'nunca',

  head: {
    fleet: 'Frota',
    contacts: 'Contatos',
    messages: 'Mensagens',
    ask: 'Quem enviaria?',
    settings: 'Ajustes',
    alerts: 'Alertas',
    openAlerts: (n) => `Alertas: ${n} em aberto`,
    add: 'Adicionar número',
    account: 'Conta e preferências',
    role: {
      admin: 'Administrador: pode ver e alterar',
      viewer: 'Consulta: só visualiza',
      bot: 'Bot',
    },
    pools: (names) => `Pools: ${names}`,
    signOut: 'Sair',
    sections: 'Seções',
  },

  place: {
    opening: 'Abrindo…',
    failedTitle: 'Não foi possível carregar esta parte da página',
    failedMore: 'O zapfleet pode ter sido atualizado nesse meio-tempo.',
    reload: 'Recarregar a página',
  },

  foot: {
    times: (zone) => `Fuso horário: ${zone}`,
    description: 'Documentação da API',
  },

  live: {
    live: 'Ao vivo',
    liveHint: 'As mudanças aparecem aqui na hora.',
    connecting: 'Conectando…',
    lost: 'Sem atualização',
    lostTitle: 'As atualizações em tempo real foram interrompidas.',
    lostMore: (at) => `Os dados são das ${at}. A página está tentando reconectar.`,
    lostPolling: (at) =>
      `Enquanto isso, a lista é atualizada a cada poucos segundos. Última atualização: ${at}.`,
    lostNothing: 'A API ainda não responde. A página está tentando reconectar.',
  },

  banner: {
    demo: 'Demo',
    simulatedTitle: 'Esta frota é uma demonstração.',
    simulatedMore:
      'A Evolution dela é simulada: os números se conectam sozinhos logo depois que o código aparece, e nenhuma mensagem é enviada.',
    unreachableTitle: 'A Evolution não responde.',
    unreachableMore:
      'Os status são os últimos vistos, e nada pode ser conectado. Confira se o servidor dela está no ar, o endereço em EVOLUTION_API_URL e a rede entre os dois.',
    unlicensedTitle: 'A licença da Evolution não está ativada.',
    unlicensedMore:
      'A Evolution recusa todos os pedidos: nada é enviado, nada pode ser conectado, e não dá para ler o status dos números. Cada contato continua com o número dele. Abra o manager da Evolution (/manager) no navegador e ative a licença.',
    databaseAwayTitle: 'O banco de dados da Evolution não responde.',
    databaseAwayMore:
      'A Evolution perde o que acontece nesse meio-tempo: um número que saiu continua aparecendo como conectado. Recupere o banco e depois reinicie a Evolution.',
    notPolledTitle: 'Os números não estão sendo monitorados.',
    notPolledMore: (at) =>
      at === null
        ? 'O agendador ainda não rodou. Inicie-o: sem ele, ninguém percebe quando um número cai.'
        : `A última verificação do agendador foi ${at}. Inicie-o de novo: sem ele, ninguém percebe quando um número cai.`,
    noSenderTitle: 'Há mensagens na fila e nenhum processo de envio.',
    noSenderMore: (n, text) =>
      `${n === 1 ? '1 mensagem está' : `${text} mensagens estão`} na fila. Inicie o processo apps/sender: sem ele, o que está na fila não é enviado.`,
    hide: 'Esconder este aviso',
  },
}
