import { setTimeout as sleep } from 'node:timers/promises'
import { EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import { failureOf } from '../server/on-server.ts'
import { silenceWebhook } from '../webhook/register-webhook.ts'
import { missingOnEvolution } from './missing-on-evolution.ts'
import { openConnect } from './open-connect.ts'
import type { Pairing } from './pairing.ts'
import {
  NEW_ATTEMPT,
  type PairingAttempt,
  type PairingReading,
  type PairingStep,
  pairingStep,
  showsCode,
} from './pairing-step.ts'
import { type Connect, pairingOf } from './pairings.ts'
import type { ProvisioningServerCall } from './provisioning-fleet.ts'
import { isValid, type ShownCode } from './shown-codes.ts'

const WAIT_MS = 15_000
const READ_EVERY_MS = 400
/** A record that takes long to read is read less often: the pause after it, as a multiple of its time. */
const RECORD_PAUSE = 3
const RETRY_AFTER_MS = 5_000

/** The instance that is paired, the digits of the phone for a pairing code or null, and the end of the wait. */
type Target = { call: ProvisioningServerCall; name: string; digits: string | null; untilMs: number }
type TimedReading = PairingReading & { recordMs: number }

/**
 * Reads Evolution until a code is shown, the number is connected, or 15 s are over; opens connects where none is in flight.
 *
 * @param phoneNumber E.164: a pairing code is made for it; null: QR codes only
 * @throws FleetError NOT_FOUND on Evolution, EVOLUTION_REFUSED, EVOLUTION_MALFORMED, DATABASE_UNAVAILABLE
 */
export async function waitForCode(
  call: ProvisioningServerCall,
  name: string,
  phoneNumber: string | null,
): Promise<Pairing> {
  const digits = phoneNumber?.replace(/\D/g, '') ?? null
  try {
    return await readUntilPairing({ call, name, digits, untilMs: performance.now() + WAIT_MS })
  } catch (error) {
    if (error instanceof EvolutionError && error.code === 'EVOLUTION_UNREACHABLE')
      return notReady('evolution_unreachable')
    if (error instanceof EvolutionError && error.refusal === 'not_found')
      throw missingOnEvolution(name, error)
    throw failureOf(call, error)
  }
}

async function readUntilPairing(target: Target): Promise<Pairing> {
  const { connects } = target.call.fleet.pairings
  const attempt = { ...NEW_ATTEMPT }
  for (;;) {
    const reading = await readPairing(target)
    if (reading.state === 'connecting' && showsCode(reading.record)) attempt.wasShown = true
    const pairing = await takeStep(pairingStep(attempt, reading), target, attempt, reading)
    if (pairing !== null) return pairing
    attempt.answered = null
    const connect = connects.get(pairingOf(target.call, target.name))
    if (connect !== undefined) await waitForAnswer(target, attempt, connect)
    if (performance.now() >= target.untilMs) return notReady(reasonAtEnd(attempt, reading))
    // The next reading shows the effect of an answer, so it follows at once.
    if (connect === undefined) await sleep(Math.max(READ_EVERY_MS, RECORD_PAUSE * reading.recordMs))
  }
}

async function readPairing({ call, name }: Target): Promise<TimedReading> {
  const { codes, connects } = call.fleet.pairings
  const pairing = pairingOf(call, name)
  const { state } = await call.evolution.connectionState(name)
  const { closedForMs } = codes.noteState(pairing, state)
  const beganAtMs = performance.now()
  const [record] = state === 'open' ? [] : await call.evolution.fetchInstances({ name })
  return {
    state,
    record,
    isConnecting: connects.has(pairing),
    closedForMs,
    safeAfterMs: codes.safeAfterMs(pairing, record),
    recordMs: performance.now() - beganAtMs,
  }
}

/** Takes a step. Returns the pairing where the step ends the attempt, null where another reading follows. */
async function takeStep(
  step: PairingStep,
  target: Target,
  attempt: PairingAttempt,
  { record }: PairingReading,
): Promise<Pairing | null> {
  const { call, name } = target
  const { codes } = call.fleet.pairings
  switch (step) {
    case 'connected':
      return { state: 'already_connected' }
    case 'reconnecting':
      return notReady('reconnecting')
    case 'show_answer':
      return attempt.answered === null
        ? null
        : shown(codes.remember(pairingOf(call, name), attempt.answered, record))
    case 'read_code':
      return shown(await readCode(call, name, record))
    case 'give_up':
      codes.retire(pairingOf(call, name))
      return notReady('qr_limit_reached')
    case 'erase_session':
      if (await silence(call, name)) await connect(target, attempt, record)
      return null
    case 'connect':
      await connect(target, attempt, record)
      return null
    case 'wait':
      return null
  }
}

async function connect(
  { call, name, digits }: Target,
  attempt: PairingAttempt,
  record: EvolutionInstance | undefined,
): Promise<void> {
  attempt.endedBefore = record?.disconnection?.at ?? null
  attempt.recordedBefore = record?.updatedAt ?? null
  if (await openConnect(call, name, digits)) attempt.connectCount++
}

/** Waits for the answer of a connect, until the attempt ends. */
async function waitForAnswer(
  { untilMs }: Target,
  attempt: PairingAttempt,
  { answer }: Connect,
): Promise<void> {
  const answered = await Promise.race([answer, sleep(Math.max(0, untilMs - performance.now()))])
  attempt.answered = answered?.kind === 'qr' ? answered.qr : null
  attempt.wasEmpty = answered?.kind === 'pending'
}

/**
 * The code that is shown now. It is read from Evolution once: a read is a `connect`, and one in the moment after a scan
 * opens a second socket. So a further code is read only when the record shows that it is new, before it can be scanned.
 */
async function readCode(
  call: ProvisioningServerCall,
  name: string,
  record: EvolutionInstance | undefined,
): Promise<ShownCode | null> {
  // Without a code of this attempt Evolution returns the last one of an earlier attempt.
  if (record !== undefined && !showsCode(record)) return null
  const { codes } = call.fleet.pairings
  const pairing = pairingOf(call, name)
  const known = codes.last(pairing)
  if (known !== null && record !== undefined && known.recordedAt === record.updatedAt) {
    if (record.updatedAt !== null) return isValid(known) ? known : null
    if (isValid(known)) return known
  }
  if ((await call.evolution.connectionState(name)).state !== 'connecting') return null
  const answer = await call.evolution.connect(name)
  return answer.kind === 'qr' ? codes.remember(pairing, answer.qr, record) : null
}

/**
 * Evolution erases an ended session only after the webhook of its end was delivered, which it tries for some 20 minutes.
 * Where the webhook is ours, it is switched off: the next refused login then erases the session at once.
 */
async function silence(call: ProvisioningServerCall, name: string): Promise<boolean> {
  const silenced = await silenceWebhook(call, name)
  call.log.warn(
    { instance: name, silenced },
    silenced
      ? 'Evolution keeps the ended session because it cannot reach the webhook at PUBLIC_URL; the webhook is off until the number is paired. Check PUBLIC_URL from the machine of Evolution.'
      : "Evolution keeps the ended session because it cannot reach the webhook of this instance, which is another program's. Repair or remove that webhook, then pair again.",
  )
  return silenced
}

/** Where the state reads close and the record shows a code of an earlier attempt, that code was scanned a moment ago. */
function reasonAtEnd({ wasShown }: PairingAttempt, { state, record }: PairingReading) {
  return state === 'close' && !wasShown && showsCode(record) ? 'reconnecting' : 'qr_pending'
}

function shown(code: ShownCode | null): Pairing | null {
  return code === null ? null : { state: 'qr', ...code.qr, expiresAt: code.expiresAt.toISOString() }
}

function notReady(
  reason: 'qr_pending' | 'qr_limit_reached' | 'reconnecting' | 'evolution_unreachable',
): Pairing {
  return { state: 'not_ready', reason, retryAfterMs: RETRY_AFTER_MS }
}
