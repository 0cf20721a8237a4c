import { setTimeout as sleep } from 'node:timers/promises'
import { disconnectionCause, EvolutionError, type EvolutionInstance, type Qr } from '@zapfleet/evolution'
import { fromEvolution } from '../ground/evolution-failure.ts'
import { readAndStoreInstance } from '../health/check-instances.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { givenPhone, storedPhone } from '../instance/phone-of.ts'
import { registerWebhook, silenceWebhook } from '../webhook/register-webhook.ts'
import { missingOnEvolution } from './missing-on-evolution.ts'
import { openConnect } from './open-connect.ts'
import type { Pairing } from './pairing.ts'
import type { ProvisioningCall, ProvisioningFleet } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'
import { isValid, type ShownCode, type ShownCodes } from './shown-codes.ts'
import { assertFreePhone } from './with-free-phone.ts'

const WAIT_MS = 15_000
const ASK_EVERY_MS = 400
/** A record that takes long to read is read less often: the pause after it, as a multiple of its time. */
const RECORD_PAUSE = 3
const RETRY_AFTER_MS = 5_000
/** How long after the opening Evolution's record may take to read open: it waits for the profile picture first. */
const RECORDED_WITHIN_MS = 3_000
/** A dead session is refused once, its end is stored, and the next connect begins a new one. */
const CONNECTS_MAX = 3
/** A connect that answered no code and left the instance closed for so long had no effect. */
const EMPTY_MS = 2_000

/**
 * Returns a QR code to scan, waiting up to 15 s for Evolution to make one, or a typed reason. With `phoneNumber`, or the
 * registered one, the result also has a pairing code to type, if no QR code is being shown yet. `already_connected` is
 * stored before it is returned. Calling at any rate is safe: a code is read from Evolution once, and a number whose code was
 * shown is connected again only after it read `close` for at least 5 s.
 *
 * @param input its `phoneNumber` as people write it
 * @throws FleetError INVALID_INPUT for a phone number that is none, NOT_FOUND (here, or on Evolution), CONFLICT when another
 * instance has the phone, EVOLUTION_REFUSED, EVOLUTION_MALFORMED, DATABASE_UNAVAILABLE
 */
export async function pairInstance(
  call: ProvisioningCall,
  input: { name: string; phoneNumber?: string | undefined },
): Promise<Pairing> {
  const phone = await phoneToPair(call.fleet, input)
  return pairWith(call, input.name, phone)
}

/**
 * The phone of an input as E.164; null where it has none.
 *
 * @throws FleetError INVALID_INPUT, NOT_FOUND, CONFLICT, as `pairInstance`
 */
export async function phoneToPair(
  fleet: ProvisioningFleet,
  { name, phoneNumber }: { name: string; phoneNumber?: string | undefined },
): Promise<string | null> {
  if (phoneNumber === undefined) return null
  const phone = givenPhone(phoneNumber, fleet.defaultCountry)
  await findInstanceRow(fleet, name)
  await assertFreePhone(fleet, name, phone)
  return phone
}

/** `pairInstance` with a phone that `phoneToPair` checked, as E.164; null: the registered one. */
export async function pairWith(call: ProvisioningCall, name: string, phone: string | null): Promise<Pairing> {
  const row = await findInstanceRow(call.fleet, name)
  const number = phone ?? storedPhone(row.phoneNumber, call.fleet.defaultCountry)
  return call.fleet.pairings.running.run(name, () => pair(call, name, number))
}

async function pair(call: ProvisioningCall, name: string, phoneNumber: string | null): Promise<Pairing> {
  const pairing = await waitForCode(call, name, phoneNumber)
  if (pairing.state !== 'already_connected') return pairing
  call.fleet.pairings.codes.retire(name)
  await readAndStoreInstance(call, name, { source: 'check' })
  await confirmPairing(call, name)
  return pairing
}

async function waitForCode(
  call: ProvisioningCall,
  name: string,
  phoneNumber: string | null,
): Promise<Pairing> {
  const untilMs = performance.now() + WAIT_MS
  const number = phoneNumber?.replace(/\D/g, '') ?? null
  const { codes, connects } = call.fleet.pairings
  let connectCount = 0
  let wasShown = false
  let endedBefore: string | null = null
  let recordedBefore: string | null = null
  let answered: Qr | null = null
  let wasEmpty = false
  try {
    for (;;) {
      const { state } = await call.evolution.connectionState(name)
      const { closedForMs } = codes.noteState(name, state)
      if (state === 'open') return { state: 'already_connected' }
      const readAtMs = performance.now()
      const [record] = await call.evolution.fetchInstances({ name })
      const readingMs = performance.now() - readAtMs
      // While a paired number reconnects, Evolution's record still reads open; a connect would log the number in twice.
      if (record?.connectionStatus === 'open') return notReady('reconnecting')
      let code: ShownCode | null = null
      const running = connects.get(name) ?? null
      if (state === 'connecting') {
        wasShown ||= record?.connectionStatus === 'connecting'
        const isNew = record?.connectionStatus === 'connecting' && record.updatedAt !== recordedBefore
        if (answered !== null && isNew) code = codes.remember(name, answered, record)
        else if (running === null) code = await readCode(call, name, record)
      } else if (state === 'close' && running === null && closedForMs >= codes.safeAfterMs(name, record)) {
        if (wasShown) return gaveUp(codes, name)
        const isDead = connectCount > 0 && wasRefused(record, endedBefore)
        const isUntouched = wasEmpty && !isDead && closedForMs >= EMPTY_MS && connectCount < CONNECTS_MAX
        if (
          connectCount === 0 ||
          isUntouched ||
          (isDead && connectCount < CONNECTS_MAX && (await silence(call, name)))
        ) {
          endedBefore = record?.disconnection?.at ?? null
          recordedBefore = record?.updatedAt ?? null
          if (await openConnect(call, name, number)) connectCount++
        }
      }
      // Read later than this turn, the record speaks of another code.
      answered = null
      if (code !== null) return shown(code)
      const connecting = connects.get(name) ?? null
      if (connecting !== null) {
        const answer = await Promise.race([
          connecting.answer,
          sleep(Math.max(0, untilMs - performance.now())),
        ])
        answered = answer?.kind === 'qr' ? answer.qr : null
        wasEmpty = answer?.kind === 'pending'
        // The next turn reads the effect: the answer may be the code of an earlier pairing.
        if (performance.now() < untilMs) continue
      }
      if (performance.now() >= untilMs) {
        const isScanned = state === 'close' && !wasShown && record?.connectionStatus === 'connecting'
        return notReady(isScanned ? 'reconnecting' : 'qr_pending')
      }
      await sleep(Math.max(ASK_EVERY_MS, RECORD_PAUSE * readingMs))
    }
  } catch (error) {
    if (error instanceof EvolutionError && error.code === 'EVOLUTION_UNREACHABLE')
      return notReady('evolution_unreachable')
    if (error instanceof EvolutionError && error.refusal === 'not_found')
      throw missingOnEvolution(name, error)
    throw fromEvolution(error)
  }
}

/**
 * The code that is shown now. It is read from Evolution once: a read is a `connect`, and one in the moment after a scan
 * opens a second socket. So a further code is read only when the record shows that it is new, before it can be scanned.
 */
async function readCode(
  call: ProvisioningCall,
  name: string,
  record: EvolutionInstance | undefined,
): Promise<ShownCode | null> {
  // Without a code of this attempt Evolution returns the last one of an earlier attempt.
  if (record !== undefined && record.connectionStatus !== 'connecting') return null
  const { codes } = call.fleet.pairings
  const known = codes.last(name)
  if (known !== null && record !== undefined && known.recordedAt === record.updatedAt) {
    if (record.updatedAt !== null) return isValid(known) ? known : null
    if (isValid(known)) return known
  }
  if ((await call.evolution.connectionState(name)).state !== 'connecting') return null
  const answer = await call.evolution.connect(name)
  return answer.kind === 'qr' ? codes.remember(name, answer.qr, record) : null
}

/** Evolution closes a pairing after its last code. */
function gaveUp(codes: ShownCodes, name: string): Pairing {
  codes.retire(name)
  return notReady('qr_limit_reached')
}

/** Whether the connect that was just made logged in with a session that WhatsApp had ended. */
function wasRefused(record: EvolutionInstance | undefined, endedBefore: string | null): boolean {
  const end = record?.connectionStatus === 'close' ? record.disconnection : null
  return end != null && end.at !== endedBefore && disconnectionCause(end) === 'login_refused'
}

/**
 * Evolution erases an ended session only after the webhook of its end was delivered, which it tries for some 20 minutes.
 * Where the webhook is ours, it is switched off: the next refused login then erases the session at once.
 */
async function silence(call: ProvisioningCall, name: string): Promise<boolean> {
  const silenced = await silenceWebhook(call, name)
  call.log.warn(
    { instance: name, silenced },
    silenced
      ? 'Evolution keeps the ended session because it cannot reach the webhook at PUBLIC_URL; the webhook is off until the number is paired. Check PUBLIC_URL from the machine of Evolution.'
      : "Evolution keeps the ended session because it cannot reach the webhook of this instance, which is another program's. Repair or remove that webhook, then pair again.",
  )
  return silenced
}

/** A late webhook of the old session's end may erase the new one: then memory reads open, and the record close. */
async function confirmPairing(call: ProvisioningCall, name: string): Promise<void> {
  const isRecorded = await readBack(async () => {
    const [record] = await call.evolution.fetchInstances({ name }).catch(() => [])
    return record === undefined ? undefined : record.connectionStatus !== 'close'
  }, RECORDED_WITHIN_MS)
  if (isRecorded === false)
    call.log.warn(
      { instance: name },
      'the number is connected, and Evolution has erased its session: it will not reconnect after its next drop. Log it out and pair it again.',
    )
  await registerWebhook(call, name).catch((error) => {
    call.log.warn({ instance: name, err: error }, 'the webhook was not registered after the pairing')
  })
}

function shown({ qr, expiresAt }: ShownCode): Pairing {
  return { state: 'qr', ...qr, expiresAt: expiresAt.toISOString() }
}

function notReady(
  reason: 'qr_pending' | 'qr_limit_reached' | 'reconnecting' | 'evolution_unreachable',
): Pairing {
  return { state: 'not_ready', reason, retryAfterMs: RETRY_AFTER_MS }
}
