import type { Rule } from './alert.ts'
import { fact, isOfAddedServer, type RuleWords, type TextAlert } from './text-alert.ts'

type Problem = {
  what: string
  todo: string
  /** The same for a server that was added in zapfleet. */
  added?: string
}

const SET_KEY =
  'Coloque em EVOLUTION_API_KEY a chave global da Evolution (AUTHENTICATION_API_KEY) e reinicie o zapfleet.'
const STORE_KEY = 'Cadastre de novo no zapfleet a chave global desse servidor (AUTHENTICATION_API_KEY).'

/** The server by its name, which only fleets with several servers see. */
const who = (alert: TextAlert): string =>
  fact(alert, 'server') === '' ? 'A Evolution' : `O servidor "${fact(alert, 'server')}" da Evolution`
/** The same after "de". */
const ofWhom = (alert: TextAlert): string =>
  fact(alert, 'server') === '' ? 'da Evolution' : `do servidor "${fact(alert, 'server')}" da Evolution`

/** The end of an alert about a server whose numbers were deleted or moved. */
const withoutNumbers = (alert: TextAlert): string => `${who(alert)} não tem mais números, e o alerta terminou`

function problemOf(alert: TextAlert): Problem {
  const name = who(alert)
  const problems: Readonly<Record<string, Problem>> = {
    unreachable: {
      what: `${name} não responde`,
      todo: 'Confira se o servidor da Evolution está no ar e se EVOLUTION_API_URL leva até ele. Se ela travou, reinicie-a.',
      added:
        'Confira se ele está no ar e se o endereço cadastrado no zapfleet leva até ele. Se ele travou, reinicie-o.',
    },
    not_evolution: {
      what: `Outro programa responde no lugar ${ofWhom(alert)}`,
      todo: 'Confira EVOLUTION_API_URL e o proxy na frente da Evolution.',
      added: 'Confira o endereço cadastrado no zapfleet e o proxy na frente dele.',
    },
    key_refused: { what: `${name} recusa a chave da API`, todo: SET_KEY, added: STORE_KEY },
    key_of_one_instance: {
      what: `A chave da API abre uma única instância ${ofWhom(alert)}`,
      todo: SET_KEY,
      added: STORE_KEY,
    },
    key_sealed: {
      what: `O ZAPFLEET_SECRET não abre a chave guardada ${ofWhom(alert)}`,
      todo: `Defina o ZAPFLEET_SECRET com que ela foi cifrada, ou defina-o como ZAPFLEET_SECRET_PREVIOUS. Se ele foi perdido: ${STORE_KEY}`,
    },
    database_away: {
      what: `${name} não alcança o próprio banco de dados`,
      todo: 'Confira o banco de dados da Evolution e depois reinicie a Evolution: até lá ela mostra estados antigos.',
    },
    not_understood: {
      what: `As respostas ${ofWhom(alert)} não são entendidas`,
      todo: 'Veja o log da Evolution e o do proxy na frente dela.',
    },
  }
  const unknown = { what: `${name} está inutilizável`, todo: 'Verifique a Evolution.' }
  return problems[fact(alert, 'problem')] ?? unknown
}

/** The texts of alerts about an Evolution server in Brazilian Portuguese. */
export const SERVER_WORDS_PT_BR = {
  evolution_unreachable: {
    opened: (alert) => problemOf(alert).what,
    closed: (alert) => `${who(alert)} voltou a funcionar`,
    unrecovered: withoutNumbers,
    openedMany: (n) => `${n} servidores da Evolution estão inutilizáveis`,
    closedMany: (n) => `${n} servidores da Evolution voltaram a funcionar`,
    means: (alert) =>
      fact(alert, 'server') === ''
        ? 'Nenhuma mensagem sai. O que os clientes escrevem pode chegar atrasado ao robô.'
        : 'Os números dele não enviam nada, e o que os clientes escrevem para eles pode chegar atrasado ao robô. Os números de outros servidores não são afetados.',
    todo: (alert) => {
      const { todo, added = todo } = problemOf(alert)
      return isOfAddedServer(alert) ? added : todo
    },
  },
  evolution_unlicensed: {
    opened: (alert) => `A licença ${ofWhom(alert)} não está ativada`,
    closed: (alert) => `A licença ${ofWhom(alert)} está ativada de novo`,
    unrecovered: withoutNumbers,
    openedMany: (n) => `${n} servidores da Evolution estão sem licença`,
    closedMany: (n) => `${n} servidores da Evolution têm licença de novo`,
    means: (alert) =>
      fact(alert, 'server') === ''
        ? 'Nenhuma mensagem sai: a Evolution recusa todas as chamadas.'
        : 'Os números dele não enviam nada: ele recusa todas as chamadas. Os números de outros servidores não são afetados.',
    todo: () => 'Abra o manager da Evolution (/manager) no navegador e ative a licença.',
  },
  no_events: {
    opened: (alert) =>
      `${who(alert)} não informa nada sobre as mensagens de ${alert.facts.numbers === 1 ? '1 número' : `${fact(alert, 'numbers')} números`}`,
    closed: (alert) => `${who(alert)} voltou a informar sobre as mensagens`,
    unrecovered: (alert) =>
      `O alerta da falta de eventos ${ofWhom(alert)} terminou, mas nenhum evento chegou depois`,
    openedMany: () => 'A Evolution não informa nada sobre as mensagens',
    closedMany: () => 'A Evolution voltou a informar sobre as mensagens',
    means:
      'As mensagens saem, mas ninguém sabe se chegam, e as respostas dos clientes podem não chegar ao robô.',
    todo: () =>
      'Confira o webhook ou o websocket da Evolution, e se ela alcança PUBLIC_URL. "zapfleet doctor" mostra webhooks que foram alterados.',
  },
} satisfies Partial<Record<Rule, RuleWords>>
