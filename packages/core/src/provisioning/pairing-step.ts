import { disconnectionCause, type EvolutionInstance, type Qr } from '@zapfleet/evolution'

/** A dead session is refused once, its end is stored, and the next connect begins a new one. */
const CONNECTS_MAX = 3
/** A connect that answered no code and left the instance closed for so long had no effect. */
const EMPTY_MS = 2_000

/** What one attempt to show a code has done and read so far. */
export type PairingAttempt = {
  /** The connects that it opened. */
  connectCount: number
  /** Evolution's record when the last of them was opened: the end of its session, and when it was written. */
  endedBefore: string | null
  recordedBefore: string | null
  /** Evolution's record showed a code during this attempt. */
  wasShown: boolean
  /** The code that a connect has just answered; valid for the next reading only. */
  answered: Qr | null
  /** The last answer of a connect had no code. */
  wasEmpty: boolean
}

export const NEW_ATTEMPT: PairingAttempt = {
  connectCount: 0,
  endedBefore: null,
  recordedBefore: null,
  wasShown: false,
  answered: null,
  wasEmpty: false,
}

/** What Evolution answers about an instance that is being paired. */
export type PairingReading = {
  /** By `connectionState`. */
  state: string | null
  /** Evolution's stored record of the instance; not read where `state` is open. */
  record: EvolutionInstance | undefined
  /** A connect of this process is in flight. */
  isConnecting: boolean
  /** How long the state has been `close`, and how long it must be for a connect to be safe; milliseconds. */
  closedForMs: number
  safeAfterMs: number
}

/**
 * - `connected`: the number is paired
 * - `reconnecting`: a paired number reconnects
 * - `show_answer`: the code that the connect answered is the one that is shown now
 * - `read_code`: read the code that is shown now
 * - `connect`: open a connect
 * - `erase_session`: make Evolution erase an ended session, then open a connect
 * - `give_up`: Evolution has shown its last code
 * - `wait`: for the next reading
 */
export type PairingStep =
  | 'connected'
  | 'reconnecting'
  | 'show_answer'
  | 'read_code'
  | 'connect'
  | 'erase_session'
  | 'give_up'
  | 'wait'

/** The next step of an attempt. */
export function pairingStep(attempt: PairingAttempt, reading: PairingReading): PairingStep {
  const { state, record, isConnecting, closedForMs, safeAfterMs } = reading
  if (state === 'open') return 'connected'
  // While a paired number reconnects, Evolution's record still reads open; a connect would log the number in twice.
  if (record?.connectionStatus === 'open') return 'reconnecting'
  if (state === 'connecting') {
    if (attempt.answered !== null && isNewCode(attempt, record)) return 'show_answer'
    return isConnecting ? 'wait' : 'read_code'
  }
  if (state !== 'close' || isConnecting || closedForMs < safeAfterMs) return 'wait'
  if (attempt.wasShown) return 'give_up'
  if (attempt.connectCount === 0) return 'connect'
  if (attempt.connectCount >= CONNECTS_MAX) return 'wait'
  if (wasRefused(attempt, record)) return 'erase_session'
  return attempt.wasEmpty && closedForMs >= EMPTY_MS ? 'connect' : 'wait'
}

/** Whether the record shows a code: Evolution stores `connecting` with each one. */
export function showsCode(record: EvolutionInstance | undefined): boolean {
  return record?.connectionStatus === 'connecting'
}

/** Whether the record was written after the connect began: its answer may be the code of an earlier pairing. */
function isNewCode({ recordedBefore }: PairingAttempt, record: EvolutionInstance | undefined): boolean {
  return showsCode(record) && record?.updatedAt !== recordedBefore
}

/** Whether the last connect logged in with a session that WhatsApp had ended. */
function wasRefused({ endedBefore }: PairingAttempt, record: EvolutionInstance | undefined): boolean {
  const end = record?.connectionStatus === 'close' ? record.disconnection : null
  return end != null && end.at !== endedBefore && disconnectionCause(end) === 'login_refused'
}
