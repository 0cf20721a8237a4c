import type { Rule } from './alert.ts'
import { fact, isOfAddedServer, type RuleWords, type TextAlert } from './text-alert.ts'

type Problem = {
  what: string
  todo: string
  /** The same for a server that was added in zapfleet. */
  added?: string
}

const SET_KEY =
  'Set EVOLUTION_API_KEY to the global key of Evolution (AUTHENTICATION_API_KEY) and restart zapfleet.'
const STORE_KEY = 'Store its global key (AUTHENTICATION_API_KEY) in zapfleet once more.'

/** The server by its name, which only fleets with several servers see. */
const whom = (alert: TextAlert): string =>
  fact(alert, 'server') === '' ? 'Evolution' : `the Evolution server "${fact(alert, 'server')}"`
/** The same at the begin of a sentence. */
const who = (alert: TextAlert): string => whom(alert).replace(/^the/, 'The')

/** The end of an alert about a server whose numbers were deleted or moved. */
const withoutNumbers = (alert: TextAlert): string =>
  `${who(alert)} has no numbers any more, which ends its alert`

function problemOf(alert: TextAlert): Problem {
  const name = who(alert)
  const problems: Readonly<Record<string, Problem>> = {
    unreachable: {
      what: `${name} does not answer`,
      todo: 'Check that the server of Evolution runs and that EVOLUTION_API_URL leads to it. Restart Evolution if it hangs.',
      added:
        'Check that it runs and that the address stored in zapfleet leads to it. Restart it if it hangs.',
    },
    not_evolution: {
      what: `Another program answers in place of ${whom(alert)}`,
      todo: 'Check EVOLUTION_API_URL and the proxy in front of Evolution.',
      added: 'Check the address stored in zapfleet and the proxy in front of it.',
    },
    key_refused: { what: `${name} refuses the API key`, todo: SET_KEY, added: STORE_KEY },
    key_of_one_instance: {
      what: `The API key opens only one instance of ${whom(alert)}`,
      todo: SET_KEY,
      added: STORE_KEY,
    },
    key_sealed: {
      what: `ZAPFLEET_SECRET does not open the stored key of ${whom(alert)}`,
      todo: `Set the ZAPFLEET_SECRET that encrypted it, or set that as ZAPFLEET_SECRET_PREVIOUS. If it is lost: ${STORE_KEY}`,
    },
    database_away: {
      what: `${name} cannot reach its own database`,
      todo: 'Check the database of Evolution, then restart Evolution: until then it shows outdated states.',
    },
    not_understood: {
      what: `The answers of ${whom(alert)} are not understood`,
      todo: 'Read the log of Evolution, and that of the proxy in front of it.',
    },
  }
  return problems[fact(alert, 'problem')] ?? { what: `${name} cannot be used`, todo: 'Check Evolution.' }
}

/** The texts of alerts about an Evolution server in English. */
export const SERVER_WORDS_EN = {
  evolution_unreachable: {
    opened: (alert) => problemOf(alert).what,
    closed: (alert) => `${who(alert)} can be used again`,
    unrecovered: withoutNumbers,
    openedMany: (n) => `${n} servers of Evolution cannot be used`,
    closedMany: (n) => `${n} servers of Evolution can be used again`,
    means: (alert) =>
      fact(alert, 'server') === ''
        ? 'No message goes out. What customers write may arrive late at the bot.'
        : 'Its numbers send nothing, and what customers write to them may arrive late at the bot. Numbers of other servers are not affected.',
    todo: (alert) => {
      const { todo, added = todo } = problemOf(alert)
      return isOfAddedServer(alert) ? added : todo
    },
  },
  evolution_unlicensed: {
    opened: (alert) => `The licence of ${whom(alert)} is not activated`,
    closed: (alert) => `The licence of ${whom(alert)} is activated again`,
    unrecovered: withoutNumbers,
    openedMany: (n) => `${n} servers of Evolution have no licence`,
    closedMany: (n) => `${n} servers of Evolution have a licence again`,
    means: (alert) =>
      fact(alert, 'server') === ''
        ? 'No message goes out: Evolution refuses every call.'
        : 'Its numbers send nothing: it refuses every call. Numbers of other servers are not affected.',
    todo: () => 'Open the manager of Evolution (/manager) in a browser and activate the licence.',
  },
  no_events: {
    opened: (alert) =>
      `${who(alert)} reports nothing of the messages of ${alert.facts.numbers === 1 ? '1 number' : `${fact(alert, 'numbers')} numbers`}`,
    closed: (alert) => `${who(alert)} reports on messages again`,
    unrecovered: (alert) =>
      `The alert about missing events of ${whom(alert)} ended, but no event has arrived since`,
    openedMany: () => 'Evolution reports nothing of messages',
    closedMany: () => 'Evolution reports on messages again',
    means: 'Messages go out, but whether they arrive is not known, and answers may not reach the bot.',
    todo: () =>
      'Check the webhook or the websocket of Evolution, and that Evolution reaches PUBLIC_URL. "zapfleet doctor" names webhooks that were changed.',
  },
} satisfies Partial<Record<Rule, RuleWords>>
