import type { Pairing } from '../connection/open-client.ts'
import type { Session } from '../session.ts'
import { follow } from './follow.ts'
import type { Code, PairingEnd, PairingLast, PairingReporter } from './report-pairing.ts'

/** Lifetime of a QR code, by Evolution. */
const CODE_LIFETIME_MS = 45_000

/**
 * Follows a pairing to its end and reports every code and every reason why there is none: until the number is connected, no
 * code was scanned in time, `timeoutMs` passed, or the program is interrupted. The number stays in any case. `first` is the pairing
 * that `create` answered: its code is reported at once, and not again when the stream brings it.
 *
 * @throws FleetError when the API refuses the pairing
 */
export async function pair(
  session: Session,
  reporter: PairingReporter,
  input: { name: string; phoneNumber?: string },
  { timeoutMs, first }: { timeoutMs: number | null; first?: Pairing },
): Promise<PairingEnd> {
  const { now, interrupted } = session.world
  const timeout = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs)
  const signal = timeout === null ? interrupted : AbortSignal.any([interrupted, timeout])
  let newest: Pairing | null = null
  let isAway = false
  let last: PairingLast = { kind: 'failed' }
  const reportCode = (code: Code): void => {
    const isShown = newest?.state === 'qr' && isSameCode(newest, code)
    newest = code
    if (!isShown) reporter.code(code, expiryHere(code.expiresAt, now()))
  }
  try {
    if (first?.state === 'qr') reportCode(first)
    await follow<Pairing>(
      (callbacks) => session.client().instance.onPairing.subscribe(input, callbacks),
      {
        data(pairing) {
          if (pairing.state === 'qr') return reportCode(pairing)
          newest = pairing
          if (pairing.state === 'not_ready') reporter.waiting(pairing.reason, pairing.retryAfterMs)
        },
        away() {
          isAway = true
          reporter.away()
        },
        back() {
          if (isAway) reporter.back()
          isAway = false
        },
      },
      signal,
    )
    const end = await endOf(newest)
    last = end
    return end
  } finally {
    reporter.end(last)
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

function isSameCode(one: Code, other: Code): boolean {
  return one.code === other.code && one.base64 === other.base64 && one.pairingCode === other.pairingCode
}

/** When a code that arrived at `now` expires, by the clock of this machine, which may differ from the API's. */
function expiryHere(expiresAt: string | null, now: number): number {
  const stated = expiresAt === null ? Number.NaN : Date.parse(expiresAt)
  return stated > now && stated <= now + CODE_LIFETIME_MS ? stated : now + CODE_LIFETIME_MS
}
