import type { Pairing } from '../connection/open-client.ts'
import type { Session } from '../session.ts'
import { follow } from './follow.ts'
import type { PairingEnd, PairingLast, PairingTeller } from './pairing-teller.ts'

/** A QR code lives so long (Evolution's own figure). */
const CODE_LIVES_MS = 45_000

/**
 * Follows a pairing to its end and tells it: every code as it comes, every reason why there is none, until the number is
 * connected, nobody scanned in time, `timeoutMs` passed, or the program is interrupted. The number stays in any case.
 *
 * @throws what the API refuses it with
 */
export async function pair(
  session: Session,
  teller: PairingTeller,
  input: { name: string; phoneNumber?: string },
  timeoutMs: number | null,
): Promise<PairingEnd> {
  const { now, interrupted } = session.world
  const timeout = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs)
  const signal = timeout === null ? interrupted : AbortSignal.any([interrupted, timeout])
  let newest: Pairing | null = null
  let isAway = false
  let last: PairingLast = { kind: 'failed' }
  try {
    await follow<Pairing>(
      (ears) => session.client().instance.onPairing.subscribe(input, ears),
      {
        data(pairing) {
          newest = pairing
          if (pairing.state === 'qr') teller.code(pairing, expiryHere(pairing.expiresAt, now()))
          else if (pairing.state === 'not_ready') teller.waiting(pairing.reason, pairing.retryAfterMs)
        },
        away() {
          isAway = true
          teller.away()
        },
        back() {
          if (isAway) teller.back()
          isAway = false
        },
      },
      signal,
    )
    const end = await endOf(newest)
    last = end
    return end
  } finally {
    teller.end(last)
  }

  async function endOf(pairing: Pairing | null): Promise<PairingEnd> {
    if (pairing?.state === 'already_connected') {
      const instance = await session.client().instance.get.query({ name: input.name }, session.call)
      return { kind: 'connected', instance }
    }
    if (interrupted.aborted) return { kind: 'interrupted' }
    return { kind: timeout?.aborted ? 'timed_out' : 'qr_limit_reached' }
  }
}

/** When a code that came at `now` expires, by this machine's clock: the API's may be another. */
function expiryHere(expiresAt: string | null, now: number): number {
  const told = expiresAt === null ? Number.NaN : Date.parse(expiresAt)
  return told > now && told <= now + CODE_LIVES_MS ? told : now + CODE_LIVES_MS
}
