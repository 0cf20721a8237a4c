import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectAnswer, type ConnectionState, EvolutionError } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'
import { lookAtInstance } from '../health/check-instances.ts'
import { holdLease, releaseLease } from '../schedule/lease.ts'
import { fromEvolution } from './evolution-failure.ts'
import { findInstanceRow } from './get-instance.ts'
import { missingThere } from './missing-there.ts'
import { phoneOf } from './phone-of.ts'
import { qrExpiry, wasCodeShown } from './qr-expiry.ts'

/** What a person needs to pair a phone, or why there is nothing to scan. */
export type Pairing =
  | {
      state: 'qr'
      /** PNG data URL. */
      base64: string | null
      code: string | null
      pairingCode: string | null
      count: number
      /** ISO 8601: a QR code lives 45 s from when it was first seen here. */
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
const RETRY_AFTER_MS = 5_000
/** A little longer than a connect may take: who began it and died keeps others from it no longer. */
const CONNECT_LEASE_MS = 16_000

/** Calls for one instance in one process share their answer. */
const inFlight = new WeakMap<Fleet['sql'], Map<string, Promise<Pairing>>>()

/**
 * Returns a QR code to scan, waiting up to 15 s for Evolution to make one, or a typed reason. With `phoneNumber`, or
 * the registered one, a pairing code to type comes beside it, if no QR code is being shown yet. That it is connected already is
 * stored before it is answered.
 *
 * @throws FleetError NOT_FOUND (here, or on Evolution), EVOLUTION_REFUSED, EVOLUTION_MALFORMED, DATABASE_UNAVAILABLE
 */
export async function pairInstance(
  fleet: Fleet,
  input: { name: string; phoneNumber?: string | undefined },
): Promise<Pairing> {
  const row = await findInstanceRow(fleet, input.name)
  const open = inFlight.get(fleet.sql) ?? new Map<string, Promise<Pairing>>()
  inFlight.set(fleet.sql, open)
  const running = open.get(input.name)
  if (running) return running
  const pairing = pair(fleet, input.name, input.phoneNumber ?? phoneOf(row.phoneNumber)).finally(() =>
    open.delete(input.name),
  )
  open.set(input.name, pairing)
  return pairing
}

async function pair(fleet: Fleet, name: string, phoneNumber: string | null): Promise<Pairing> {
  const pairing = await waitForCode(fleet, name, phoneNumber)
  if (pairing.state === 'already_connected') await lookAtInstance(fleet, name, { source: 'check' })
  return pairing
}

async function waitForCode(fleet: Fleet, name: string, phoneNumber: string | null): Promise<Pairing> {
  const untilMs = performance.now() + WAIT_MS
  const number = phoneNumber?.replace(/\D/g, '')
  const lease = { name: `connect:${name}`, holder: randomUUID() }
  let mayOpen = false
  let before: ConnectionState | null = null
  try {
    const atFirst = await fleet.evolution.connectionState(name)
    if (atFirst.state === 'open') return { state: 'already_connected' }
    if (await isReconnecting(fleet, name)) return notReady('reconnecting')
    let state: ConnectionState | null = atFirst.state
    for (;;) {
      // A closed instance opens a socket at each connect, and two sockets on one account fight: one process begins.
      if (state !== 'connecting')
        mayOpen = (await holdLease(fleet, { ...lease, forMs: CONNECT_LEASE_MS })).held
      if (state === 'connecting' || mayOpen) {
        const pairing = read(fleet, name, await fleet.evolution.connect(name, number ? { number } : {}))
        if (pairing) return pairing
      }
      if (performance.now() >= untilMs) return notReady('qr_pending')
      await sleep(ASK_EVERY_MS)
      before = state
      state = (await fleet.evolution.connectionState(name)).state
      if (state === 'open') return { state: 'already_connected' }
      // It gave up: after its last code or, where none was ever seen, because WhatsApp is out of its reach.
      if (before === 'connecting' && state === 'close')
        return notReady(wasCodeShown(fleet, name) ? 'qr_limit_reached' : 'qr_pending')
    }
  } catch (error) {
    if (error instanceof EvolutionError && error.code === 'EVOLUTION_UNREACHABLE')
      return notReady('evolution_unreachable')
    if (error instanceof EvolutionError && error.refusal === 'not_found') throw missingThere(name, error)
    throw fromEvolution(error)
  } finally {
    if (mayOpen) await releaseLease(fleet, lease).catch(() => {})
  }
}

/**
 * While a paired number reconnects, Evolution's record still reads open; a connect then would log the number in twice. Just
 * after a scan the line blinks once, with a record that still waits for it: a moment later it tells.
 */
async function isReconnecting(fleet: Fleet, name: string): Promise<boolean> {
  const [row] = await fleet.evolution.fetchInstances({ name })
  if (row?.connectionStatus !== 'connecting') return row?.connectionStatus === 'open'
  const { state } = await fleet.evolution.connectionState(name)
  if (state !== 'close') return false
  await sleep(ASK_EVERY_MS)
  const [again] = await fleet.evolution.fetchInstances({ name })
  return again?.connectionStatus === 'open'
}

function notReady(
  reason: 'qr_pending' | 'qr_limit_reached' | 'reconnecting' | 'evolution_unreachable',
): Pairing {
  return { state: 'not_ready', reason, retryAfterMs: RETRY_AFTER_MS }
}

function read(fleet: Fleet, name: string, answer: ConnectAnswer): Pairing | null {
  if (answer.kind === 'open') return { state: 'already_connected' }
  if (answer.kind === 'pending') return null
  return { state: 'qr', ...answer.qr, expiresAt: qrExpiry(fleet, name, answer.qr).toISOString() }
}
