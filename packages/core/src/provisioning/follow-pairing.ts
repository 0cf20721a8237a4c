import { setTimeout as pause } from 'node:timers/promises'
import { onPairingServer, pairWith, phoneToPair } from './pair-instance.ts'
import type { Pairing } from './pairing.ts'
import { pairingOf } from './pairings.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'

const LOOK_EVERY_MS = 1_000
/** After a scan the connection closes for a moment before it opens; a close this short is no end. */
const BLINK_MS = 5_000
/** The same where the last code could still be scanned: WhatsApp checks its version before the opening. */
const BLINK_OF_LIVE_CODE_MS = 12_000

/**
 * Streams a pairing: every fresh code, every reason why there is none, and at last `already_connected`, stored by then. Ends
 * with it, when no code was scanned in time (`qr_limit_reached`: call again for new codes), or when `signal` aborts. Never
 * connects a second time.
 *
 * @throws FleetError as pairInstance
 */
export async function* followPairing(
  call: ProvisioningCall,
  input: { name: string; phoneNumber?: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<Pairing> {
  const { name } = input
  const phone = await phoneToPair(call.fleet, input)
  let sent = ''
  let closedSinceMs: number | null = null
  let wasShown = false
  let endsAfterMs = BLINK_MS
  while (!signal.aborted) {
    const there = wasShown ? await onPairingServer(call, name) : null
    const isClosed = there !== null && (await isClosedThere(there, name))
    if (!isClosed) closedSinceMs = null
    else if (closedSinceMs === null && there !== null) {
      closedSinceMs = performance.now()
      endsAfterMs = (await mayBeScanned(there, name)) ? BLINK_OF_LIVE_CODE_MS : BLINK_MS
    }
    let pairing: Pairing | null = null
    if (closedSinceMs === null) pairing = await pairWith(call, name, phone)
    else if (performance.now() - closedSinceMs >= endsAfterMs)
      pairing = { state: 'not_ready', reason: 'qr_limit_reached', retryAfterMs: LOOK_EVERY_MS }
    const key = pairing === null ? sent : keyOf(pairing)
    if (pairing !== null && key !== sent) yield pairing
    sent = key
    if (pairing?.state === 'qr') wasShown = true
    if (pairing?.state === 'already_connected') return
    if (pairing?.state === 'not_ready' && pairing.reason === 'qr_limit_reached') return
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/**
 * Whether the close may be that of a scan: Evolution's record reads `connecting` until the opening, and the code was still
 * valid.
 */
async function mayBeScanned(call: ProvisioningServerCall, name: string): Promise<boolean> {
  const [record] = await call.evolution.fetchInstances({ name }).catch(() => [])
  return (
    record?.connectionStatus === 'connecting' &&
    call.fleet.pairings.codes.safeAfterMs(pairingOf(call, name), record) > BLINK_MS
  )
}

async function isClosedThere(call: ProvisioningServerCall, name: string): Promise<boolean> {
  // Where Evolution cannot be reached, the pairing reports it.
  return call.evolution.connectionState(name).then(
    ({ state }) => state === 'close',
    () => false,
  )
}

/** Equal for pairings that are not sent twice. */
function keyOf(pairing: Pairing): string {
  if (pairing.state === 'qr') return `qr ${pairing.count} ${pairing.code} ${pairing.pairingCode}`
  return pairing.state === 'not_ready' ? pairing.reason : pairing.state
}
