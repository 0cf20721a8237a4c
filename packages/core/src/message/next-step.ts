import type { SendVerdict } from '@zapfleet/sending'
import type { FleetError, Reason } from '../ground/fleet-error.ts'

/** The rules' figures, each with its reason. */
export const RULES = {
  /** A message without `validForS` waits so long for its turn behind earlier messages to the contact, and for an Evolution that starts. */
  atOnceForS: 30,
  /** The same for a message with `sendAt` and without `validForS`. */
  scheduledForS: 60,
  /** Evolution loads its instances within some 20 s of its start. */
  startingPauseMs: 2_000,
  /** Pauses after a round of numbers that all surely did not send it; each doubles, up to the longest. */
  firstPauseMs: 5_000,
  longestPauseMs: 60_000,
  /** How soon the queue tries again where no reason ends by time alone; changes of numbers end the wait at once. */
  capacityPauseMs: 15_000,
  /** The wait of one contact's message while others can be sent; longer where so many wait that more would be tried in a second. */
  contactPauseMs: 60_000,
  longestContactPauseMs: 3_600_000,
  triedPerSecond: 128,
  /** How long a message of the queue waits for its turn on a number with a gap, with its seat. */
  turnWithinMs: 5_000,
} as const

/** How long a send may take, and when a message is given up whose outcome is not certain; from the start of the send. */
export type SendTimes = { timeoutMs: number; unknownAfterMs: number }

/**
 * Evolution takes up to a minute for a send through a connection that is lost. Most acknowledgements arrive within seconds, late
 * ones within a minute.
 */
export const SEND_TIMES: SendTimes = { timeoutMs: 75_000, unknownAfterMs: 120_000 }

/** What happens to a message next. */
export type Step =
  | { step: 'sent'; messageId: string }
  /** Not certain yet: it stays `sending` until an event or the end of the time. */
  | { step: 'await_outcome'; error: string }
  /** It has ended: surely not sent. */
  | { step: 'fail'; error: string }
  /** At once by another number. */
  | { step: 'elsewhere' }
  /** Back into the queue for so long. `scope`: `fleet` where no message can be sent, `contact` where others may. */
  | { step: 'wait'; forMs: number; scope: 'fleet' | 'contact'; error: string | null }

/** What the rules need of a message and of its tries so far. */
export type Progress = {
  /** It may wait: it has a validity, or a moment of its own. */
  mayWait: boolean
  /** Other numbers that it may still be tried by in this round. */
  otherNumbers: number
  /** Rounds that ended without a send before this one. */
  rounds: number
  /** The fleet has other Evolution servers: a fault of one is not one of all. */
  otherServers: boolean
}

/** No number of this Evolution can send now, so no other one of it is tried. */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  'unreachable',
  'unlicensed',
  'database_away',
  'key_refused',
  'wrong_address',
])

/** The step after the answer of Evolution. */
export function afterVerdict(verdict: SendVerdict, progress: Progress): Step {
  if (verdict.sent === 'yes') return { step: 'sent', messageId: verdict.messageId }
  if (verdict.sent === 'maybe')
    return { step: 'await_outcome', error: `It is not certain whether it was sent (${verdict.words}).` }
  const error = `It was not sent (${verdict.words}).`
  if (verdict.why === 'starting')
    return { step: 'wait', forMs: RULES.startingPauseMs, scope: 'contact', error }
  const isOfServer = SERVER_FAULTS.has(verdict.why)
  const elsewhere = verdict.elsewhere || (isOfServer && progress.otherServers)
  if (elsewhere && progress.otherNumbers > 0) return { step: 'elsewhere' }
  const isOver = !elsewhere && !isOfServer
  if (isOver || !progress.mayWait) return { step: 'fail', error }
  const forMs = Math.min(RULES.longestPauseMs, RULES.firstPauseMs * 2 ** Math.min(progress.rounds, 10))
  return { step: 'wait', forMs, scope: isOfServer && !progress.otherServers ? 'fleet' : 'contact', error }
}

/** Reasons that hold for this contact, or its pool, and may not hold for another: a gap, for instance, moves no contact to another number. */
const OF_THE_CONTACT: readonly Reason[] = [
  'PACING',
  'EXCLUDED',
  'OTHER_POOL',
  'DRAINING',
  'RESTRICTED',
  'NEW_CONTACT_LIMIT',
]

/**
 * The step after a reserve that was refused.
 *
 * @param ownNumberOnly the contact is served by its own number alone (`fallback: 'refuse'`)
 * @param nowMs the moment to which `availableAt` compares
 * @param queued how many messages wait
 */
export function afterRefusal(
  error: FleetError,
  {
    mayWait,
    ownNumberOnly,
    nowMs,
    queued,
  }: Pick<Progress, 'mayWait'> & { ownNumberOnly: boolean; nowMs: number; queued: number },
): Step {
  const wait = (forMs: number, scope: 'fleet' | 'contact'): Step => ({
    step: 'wait',
    forMs,
    scope,
    error: error.message,
  })
  if (error.code === 'OVERLOADED' || error.code === 'DATABASE_UNAVAILABLE') return wait(1_000, 'fleet')
  if (error.code !== 'NO_CAPACITY' || !mayWait) return { step: 'fail', error: error.message }
  const isOfContact = ownNumberOnly || OF_THE_CONTACT.some((reason) => error.reasons?.[reason])
  const againMs = error.availableAt
    ? Math.max(0, error.availableAt.getTime() - nowMs)
    : Number.POSITIVE_INFINITY
  return isOfContact
    ? wait(Math.min(againMs, contactPauseMs(queued)), 'contact')
    : wait(Math.min(againMs, RULES.capacityPauseMs), 'fleet')
}

/** At most `triedPerSecond` messages that wait for reasons of their contacts become due in a second. */
function contactPauseMs(queued: number): number {
  const { contactPauseMs: shortest, longestContactPauseMs: longest, triedPerSecond } = RULES
  return Math.min(Math.max(shortest, (queued / triedPerSecond) * 1_000), longest)
}
