import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectAnswer, EvolutionError } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'
import { fromEvolution } from './evolution-failure.ts'
import { findInstanceRow } from './get-instance.ts'
import { missingThere } from './missing-there.ts'

/** What a person needs to pair a phone, or why there is nothing to scan. */
export type Pairing =
  | {
      state: 'qr'
      /** PNG data URL. */
      base64: string | null
      code: string | null
      pairingCode: string | null
      count: number
      /** ISO 8601: a QR code lives 45 s. */
      expiresAt: string
    }
  | { state: 'already_connected' }
  | {
      state: 'not_ready'
      reason: 'qr_pending' | 'qr_limit_reached' | 'reconnecting' | 'evolution_unreachable'
      retryAfterMs: number
    }

const WAIT_MS = 15_000
const ASK_EVERY_MS = 400
const QR_LIFE_MS = 45_000
const RETRY_AFTER_MS = 5_000

/** One connect in flight for each instance: parallel ones open as many sockets on one account. */
const inFlight = new WeakMap<Fleet, Map<string, Promise<Pairing>>>()

/**
 * Returns a QR code to scan, waiting up to 15 s for Evolution to make one, or a typed reason. With `phoneNumber` a
 * pairing code to type comes beside it.
 *
 * @throws FleetError NOT_FOUND (here, or on Evolution), EVOLUTION_REFUSED, EVOLUTION_MALFORMED
 */
export async function pairInstance(
  fleet: Fleet,
  input: { name: string; phoneNumber?: string | undefined },
): Promise<Pairing> {
  await findInstanceRow(fleet, input.name)
  const open = inFlight.get(fleet) ?? new Map<string, Promise<Pairing>>()
  inFlight.set(fleet, open)
  const running = open.get(input.name)
  if (running) return running
  const pairing = waitForCode(fleet, input.name, input.phoneNumber).finally(() => open.delete(input.name))
  open.set(input.name, pairing)
  return pairing
}

async function waitForCode(fleet: Fleet, name: string, phoneNumber: string | undefined): Promise<Pairing> {
  const untilMs = performance.now() + WAIT_MS
  const number = phoneNumber?.replace(/\D/g, '')
  let wasConnecting = false
  try {
    const { state } = await fleet.evolution.connectionState(name)
    if (state === 'open') return { state: 'already_connected' }
    if (await isReconnecting(fleet, name))
      return { state: 'not_ready', reason: 'reconnecting', retryAfterMs: RETRY_AFTER_MS }
    while (performance.now() < untilMs) {
      const answer = await fleet.evolution.connect(name, number ? { number } : {})
      const pairing = read(answer)
      if (pairing) return pairing
      await sleep(ASK_EVERY_MS)
      const now = await fleet.evolution.connectionState(name)
      if (now.state === 'open') return { state: 'already_connected' }
      if (wasConnecting && now.state === 'close')
        return { state: 'not_ready', reason: 'qr_limit_reached', retryAfterMs: RETRY_AFTER_MS }
      wasConnecting = now.state === 'connecting'
    }
    return { state: 'not_ready', reason: 'qr_pending', retryAfterMs: RETRY_AFTER_MS }
  } catch (error) {
    if (error instanceof EvolutionError && error.code === 'EVOLUTION_UNREACHABLE') {
      return { state: 'not_ready', reason: 'evolution_unreachable', retryAfterMs: RETRY_AFTER_MS }
    }
    if (error instanceof EvolutionError && error.refusal === 'not_found') {
      throw missingThere(name, error)
    }
    throw fromEvolution(error)
  }
}

/** While a paired number reconnects, Evolution's record still reads open; a connect then would log the number in twice. */
async function isReconnecting(fleet: Fleet, name: string): Promise<boolean> {
  const [row] = await fleet.evolution.fetchInstances({ name })
  return row?.connectionStatus === 'open'
}

function read(answer: ConnectAnswer): Pairing | null {
  if (answer.kind === 'open') return { state: 'already_connected' }
  if (answer.kind === 'pending') return null
  return { state: 'qr', ...answer.qr, expiresAt: new Date(Date.now() + QR_LIFE_MS).toISOString() }
}
