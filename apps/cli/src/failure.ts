import { type FleetError, type FleetErrorCode, isFleetError } from '@zapfleet/client'
import { CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { inCommands } from './in-commands.ts'
import { t } from './language.ts'
import { Refusal } from './refusal.ts'
import { plain } from './terminal/text-width.ts'
import { usageWords } from './usage-words.ts'
import { apiWords } from './words.ts'

/**
 * How a command failed, for people and for scripts. `code` is that of the API or its client, or USAGE for a wrong command line;
 * `availableAt` and `reasons` are those of NO_CAPACITY and RATE_LIMITED.
 */
export type Failure = {
  exit: number
  code: string
  message: string
  hints: readonly string[]
  availableAt?: string | null
  reasons?: Partial<Record<string, number>>
}

/** The fleet that was called; null when it was not found yet. */
export type Called = { url: string; urlFrom: string; keyFrom: string | null } | null

const EXITS: Record<FleetErrorCode, keyof typeof EXIT> = {
  INVALID_INPUT: 'usage',
  UNAUTHORIZED: 'denied',
  FORBIDDEN: 'denied',
  NOT_FOUND: 'notFound',
  CONFLICT: 'conflict',
  INVALID_STATE: 'conflict',
  CONTACT_BLOCKED: 'denied',
  NO_CAPACITY: 'noCapacity',
  RATE_LIMITED: 'tryAgain',
  OVERLOADED: 'tryAgain',
  DATABASE_UNAVAILABLE: 'tryAgain',
  EVOLUTION_UNREACHABLE: 'evolution',
  EVOLUTION_REFUSED: 'evolution',
  EVOLUTION_MALFORMED: 'evolution',
  UNEXPECTED: 'unexpected',
  UNREACHABLE: 'unreachable',
  TIMEOUT: 'unreachable',
  MALFORMED_ANSWER: 'unreachable',
  ABORTED: 'interrupted',
  // Only withInstance throws these, which is not called here.
  NOT_SENT: 'unexpected',
  MAYBE_SENT: 'unexpected',
}

const REFUSAL_CODES: Partial<Record<keyof typeof EXIT, string>> = {
  usage: 'USAGE',
  denied: 'UNAUTHORIZED',
  notFound: 'NOT_FOUND',
  conflict: 'CONFLICT',
  notConnected: 'NOT_CONNECTED',
  interrupted: 'INTERRUPTED',
}

/** Reads any error of a command. Every error gets a sentence, none a stack. */
export function readFailure(error: unknown, called: Called): Failure {
  if (error instanceof Refusal) {
    const { exit, message, hints } = error
    return { exit: EXIT[exit], code: REFUSAL_CODES[exit] ?? 'UNEXPECTED', message, hints }
  }
  if (error instanceof CommanderError)
    return { exit: EXIT.usage, code: 'USAGE', message: wordsOfUsage(error), hints: [] }
  if (!isFleetError(error)) {
    const message = error instanceof Error ? error.message : String(error)
    return { exit: EXIT.unexpected, code: 'UNEXPECTED', message: message || t`It failed.`, hints: [] }
  }
  const { code, availableAt, reasons } = error
  const timed = code === 'NO_CAPACITY' || code === 'RATE_LIMITED'
  return {
    exit: EXIT[EXITS[code]],
    code,
    ...wordsOf(error, called),
    ...(timed ? { availableAt: availableAt?.toISOString() ?? null } : {}),
    ...(code === 'NO_CAPACITY' ? { reasons } : {}),
  }
}

/** The failure as lines for a terminal. */
export function failureLines(failure: Failure): string[] {
  // The message of an invalid input names procedures as values.
  const words = failure.code === 'INVALID_INPUT' ? failure.message : inCommands(failure.message)
  return [`zapfleet: ${plain(words)}`, ...failure.hints.map(plain)]
}

/** The failure as one JSON value, for `--json`. */
export function failureJson({ exit, hints: _forPeople, ...error }: Failure): { error: object; exit: number } {
  return { error, exit }
}

type Words = Pick<Failure, 'message' | 'hints'>

function wordsOf(
  error: Pick<FleetError, 'code' | 'message' | 'availableAt' | 'nextStep'> & { cause?: unknown },
  called: Called,
): Words {
  const { code } = error
  const message = apiWords(error)
  const where = called === null ? t`the API` : `${called.url} (${called.urlFrom})`
  switch (code) {
    case 'UNREACHABLE': {
      const why = networkWords(error.cause)
      const start = t`Start one with: npm start. Another address: --url, ZAPFLEET_URL, or zapfleet login.`
      return {
        message: t`No zapfleet answers at ${where}${why === null ? '' : `: ${why}`}.`,
        hints: [start],
      }
    }
    case 'TIMEOUT':
      return { message: t`No answer came in time from ${where}.`, hints: [] }
    case 'MALFORMED_ANSWER':
      return {
        message: t`What answers at ${where} is not zapfleet. Check the address and its port.`,
        hints: [],
      }
    case 'UNAUTHORIZED': {
      if (called === null) return { message, hints: [] }
      const key = t`The key came from ${called.keyFrom}, for ${called.url}.`
      return {
        message,
        hints: [key, t`Another one: zapfleet login, ZAPFLEET_API_KEY, or --key-file <file>.`],
      }
    }
    case 'NO_CAPACITY':
      return { message, hints: [t`Why each number cannot serve: zapfleet why`] }
    default:
      return { message, hints: [] }
  }
}

function wordsOfUsage(error: CommanderError): string {
  if (error.code === 'commander.help') return t`A command is missing. See: zapfleet --help`
  return usageWords(error.message)
}

const networkReasons = (): Record<string, string> => ({
  ECONNREFUSED: t`nothing listens there`,
  ENOTFOUND: t`the host name does not exist`,
  EAI_AGAIN: t`the host name could not be looked up`,
  ECONNRESET: t`the connection was cut`,
  UND_ERR_SOCKET: t`the connection was cut`,
  EHOSTUNREACH: t`there is no route to the host`,
  ENETUNREACH: t`there is no network`,
  ETIMEDOUT: t`it did not answer in time`,
  UND_ERR_CONNECT_TIMEOUT: t`it did not answer in time`,
  UND_ERR_HEADERS_TIMEOUT: t`it did not answer in time`,
  ERR_SSL_WRONG_VERSION_NUMBER: t`it uses http, not https`,
  CERT_HAS_EXPIRED: t`its certificate has expired`,
  DEPTH_ZERO_SELF_SIGNED_CERT: t`its certificate is self-signed; name it in NODE_EXTRA_CA_CERTS to trust it`,
  SELF_SIGNED_CERT_IN_CHAIN: t`its certificate is self-signed; name it in NODE_EXTRA_CA_CERTS to trust it`,
})

/** The network error among the causes; null when there is none. A server without HTTP has codes of its own. */
function networkWords(error: unknown): string | null {
  for (let one = error, depth = 0; depth < 6 && typeof one === 'object' && one !== null; depth += 1) {
    const { code, cause, errors } = one as { code?: unknown; cause?: unknown; errors?: unknown[] }
    if (typeof code === 'string') {
      if (code.startsWith('HPE_')) return t`the program that listens there does not use HTTP`
      const reasons = networkReasons()
      if (Object.hasOwn(reasons, code)) return reasons[code] as string
    }
    // Node tries every address of a name and lists the error of each.
    one = cause ?? errors?.[0]
  }
  return null
}
