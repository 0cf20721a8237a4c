import type { DisconnectionCause } from '@zapfleet/evolution'
import type { StatusReason } from '../instance/action.ts'
import type { Status } from '../instance/status.ts'

/** One reading of an instance on Evolution. */
export type Seen =
  /** Evolution's live state; `cause` only for a close whose reason was read. */
  | { kind: 'state'; state: 'open' | 'connecting' | 'close'; cause: DisconnectionCause | null }
  /** It answered without a state that we know: while a delete finishes, or just after its own restart. */
  | { kind: 'unclear'; word: string | null }
  /** It does not have the instance. */
  | { kind: 'missing' }
  /** No answer, or none that could be read. */
  | { kind: 'silent' }

/** What is stored of an instance's health. */
export type Standing = { status: Status; reason: string | null; silentRounds: number }

/** Rounds without a clear answer after which a status is no longer believed. */
const SILENT_ROUNDS = 2

/**
 * The one function that turns evidence into a status. Nothing is called disconnected because a server is down, and banned
 * stays until the number is open again.
 */
export function nextStatus(previous: Standing, seen: Seen): Standing {
  if (seen.kind === 'silent' || seen.kind === 'unclear') {
    const silentRounds = previous.silentRounds + 1
    if (silentRounds < SILENT_ROUNDS || previous.status === 'banned') return { ...previous, silentRounds }
    return stand(
      'unknown',
      seen.kind === 'silent' ? 'EVOLUTION_UNREACHABLE' : 'EVOLUTION_UNCLEAR',
      silentRounds,
    )
  }
  if (seen.kind === 'state' && seen.state === 'open') return stand('connected', null)
  if (seen.kind === 'state' && seen.cause === 'banned') return stand('banned', 'BANNED')
  if (previous.status === 'banned') return { ...previous, silentRounds: 0 }
  if (seen.kind === 'missing') return stand('disconnected', 'NOT_ON_EVOLUTION')
  if (seen.state === 'connecting')
    return stand('connecting', isPaired(previous) ? 'RECONNECTING' : 'WAITING_FOR_SCAN')
  if (seen.cause === 'logged_out_by_us') return stand('disconnected', 'LOGGED_OUT')
  if (seen.cause === 'logged_out_by_phone' || seen.cause === 'login_refused')
    return stand('disconnected', 'LOGGED_OUT_BY_PHONE')
  const again =
    previous.status === 'disconnected' && previous.reason !== null && previous.reason !== 'NOT_ON_EVOLUTION'
  if (again) return { ...previous, silentRounds: 0 }
  return stand('disconnected', isPaired(previous) ? 'CLOSED' : 'NEVER_CONNECTED')
}

/** A number that was open and was not logged out since reconnects by itself; any other waits for a scan. */
function isPaired(previous: Standing): boolean {
  return previous.status === 'connected' || previous.reason === 'RECONNECTING' || previous.reason === 'CLOSED'
}

function stand(status: Status, reason: StatusReason | null, silentRounds = 0): Standing {
  return { status, reason, silentRounds }
}
