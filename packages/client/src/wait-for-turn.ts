import type { Deadline } from './deadline.ts'
import { pause } from './pause.ts'
import type { Reservation } from './router.ts'

type Turn = Pick<Reservation, 'reservedAt' | 'notBefore'>

/**
 * The time from the reservation to `notBefore`, in milliseconds; 0 where it may be sent at once. Both instants are of the server's
 * clock, so that the clock of this machine does not matter.
 */
export function turnMs({ reservedAt, notBefore }: Turn): number {
  const ms = typeof notBefore === 'string' ? Date.parse(notBefore) - Date.parse(reservedAt) : 0
  return Number.isNaN(ms) ? 0 : Math.max(0, ms)
}

/**
 * Waits `turnMs`, never less, and returns whether the message may be sent now. False at once where the turn is not before the
 * deadline, and as soon as the deadline or the caller ends the wait.
 */
export async function waitForTurn(turn: Turn, deadline: Deadline): Promise<boolean> {
  const waitMs = turnMs(turn)
  const endMs = performance.now() + waitMs
  if (waitMs >= deadline.remainingMs()) return false
  // A timer may fire up to a millisecond early.
  for (let leftMs = waitMs; leftMs > 0; leftMs = endMs - performance.now()) {
    await pause(Math.ceil(leftMs), deadline.signal)
    if (deadline.signal.aborted) return false
  }
  return true
}
