import { setTimeout as pause } from 'node:timers/promises'
import { releaseCauseOf, type SendVerdict } from '@zapfleet/evolution'
import { FleetError } from '../ground/fleet-error.ts'
import { confirmReservation, releaseReservation } from '../reservation/complete-reservation.ts'
import type { ReleaseCause, Reservation } from '../reservation/reservation.ts'
import { reserve } from '../reservation/reserve.ts'
import { onServer } from '../server/on-server.ts'
import type { MessageRow } from './message.ts'
import type { MessageCall } from './message-fleet.ts'
import type { HeadMessage, Lane, TryEnd } from './message-store.ts'
import { afterRefusal, afterVerdict, type Progress, RULES, type Step } from './next-step.ts'
import { recipientNumber } from './recipient-number.ts'

/**
 * What is next for the lane of a message: `ended` its next message; `later` nothing for so long (`scope` is that of `Step`); `lost` another
 * process has it. `row`: the message as it was stored; null: it was not changed. `refusal`: the error of a reserve, where that ended a message that was never tried.
 */
export type Carried =
  | { next: 'ended'; row: MessageRow | null; refusal?: FleetError }
  | { next: 'later'; row: MessageRow | null; forMs: number; scope: 'fleet' | 'contact' }
  | { next: 'lost' }

/** The owner of its seats: keys of bots do not complete them. */
const OWNER = 'messages'
/** A seat that was taken before this time by a process that ended is given back: it is counted in an earlier hour, perhaps. */
const SEAT_AGE_MS = 30_000
/** How long a seat waits for a place among the sends of its number, and the pause before it is tried again. */
const PLACE_WITHIN_MS = 3_000
const PLACE_PAUSE_MS = 1_000
/** The API takes no more names in `exclude`. */
const MOST_EXCLUDED = 100
/** The result of a send is stored for so long while the database does not answer. */
const STORE_FOR_MS = 60_000
const STORE_PAUSE_MS = 500
/** How soon the message is looked at again whose outcome is not certain. */
const OUTCOME_PAUSE_MS = 2_000

/**
 * Takes a seat for a message, hands the message to Evolution, and stores the result; with `failover` by other numbers in turn. The caller
 * holds the lane of its contact.
 *
 * A process that is killed at any point leaves either a queued message, whose seat the next one finds by its idempotency key, or one in `sending`, which is
 * never sent again.
 *
 * @param at the moment at which the message was read, by the database's clock
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function carryMessage(
  call: MessageCall,
  lane: Lane,
  message: HeadMessage,
  at: Date,
  signal?: AbortSignal,
): Promise<Carried> {
  const { fleet } = call
  const { options } = message
  const tried: string[] = []
  const mayWait = options.validForS > 0 || message.scheduled
  for (let tries = message.tries; ; ) {
    const maxWaitMs = mayWait ? RULES.turnWithinMs : 0
    const taken = await takeSeat(call, { ...message, tries }, tried, at, maxWaitMs)
    if (taken instanceof FleetError) {
      const ownNumberOnly = options.fallback === 'refuse' && tried.length === 0
      // Only the pause of a message that may wait depends on it.
      const queued = mayWait ? (await fleet.messageQueue.read()).queued : 0
      const step = afterRefusal(taken, { mayWait, ownNumberOnly, nowMs: at.getTime(), queued })
      if (step.step === 'wait') {
        // Once: that a message waits is a change; each new try is none. One that may not wait is refused, and removed.
        const isNew = mayWait && message.error === null && tried.length === 0
        const change = { ...NO_TRY, id: message.id, to_state: 'queued', error: step.error } as const
        const row = isNew ? await fleet.messages.end(change) : null
        return { next: 'later', row, forMs: step.forMs, scope: step.scope }
      }
      const to_state = mayWait || tries > 0 ? 'failed' : 'expired'
      const words =
        tried.length === 0
          ? taken.message
          : `It was not sent by ${tried.join(', ')}, and no other number could be had: ${taken.message}`
      const row = await store(() => fleet.messages.end({ ...NO_TRY, id: message.id, to_state, error: words }))
      return tries === 0 ? { next: 'ended', row, refusal: taken } : { next: 'ended', row }
    }
    const name = taken.instanceName
    const progress: Omit<Progress, 'otherServers'> = {
      mayWait,
      otherNumbers: options.failover - tried.length,
      rounds: Math.floor(tries / (1 + options.failover)),
    }
    await waitForTurn(taken, signal)
    const place = await fleet.messages.places.enter(name, PLACE_WITHIN_MS, signal)
    if (place === null) {
      // Else the seat is found again by its key, and given back where it is old by then.
      if (signal?.aborted) await release(fleet, taken.id, 'not_tried')
      return { next: 'later', row: null, forMs: PLACE_PAUSE_MS, scope: 'contact' }
    }
    const send = () => sendOnce(call, lane, message, taken)
    const verdict = await (message.content === null ? fleet.messages.largeSends(send) : send()).finally(
      place.leave,
    )
    if (verdict === 'lost') return { next: 'lost' }
    if (verdict === null) return { next: 'ended', row: null }
    const otherServers = verdict.sent === 'no' && (await fleet.servers.list()).length > 1
    const step = afterVerdict(verdict, { ...progress, otherServers })
    const row = await storeStep(call, message, taken, verdict, step)
    // The message was removed, or an event ended it.
    if (row === null) return { next: 'ended', row }
    countTry(call, message, step)
    if (step.step === 'await_outcome')
      return { next: 'later', row, forMs: OUTCOME_PAUSE_MS, scope: 'contact' }
    if (step.step === 'wait') return { next: 'later', row, forMs: step.forMs, scope: step.scope }
    if (step.step !== 'elsewhere') return { next: 'ended', row }
    tried.push(name)
    tries++
  }
}

/** Until the turn of a seat on a number with a gap; both moments are of the database's clock. Ends early where `signal` aborts. */
async function waitForTurn(
  { reservedAt, notBefore }: Reservation,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ms = notBefore === null ? 0 : Date.parse(notBefore) - Date.parse(reservedAt)
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => {})
}

function countTry({ fleet }: MessageCall, message: HeadMessage, { step }: Step): void {
  const state = { sent: 'sent', await_outcome: 'sending', fail: 'failed', elsewhere: null, wait: null }[step]
  if (state !== null) fleet.metrics.message(state, Date.now() - new Date(message.due_at).getTime())
}

/** A seat for this try: the one that an earlier process took for it, if that is fresh, or a new one; or the refusal. */
async function takeSeat(
  { fleet }: MessageCall,
  message: HeadMessage,
  tried: readonly string[],
  at: Date,
  maxWaitMs: number,
): Promise<Reservation | FleetError> {
  const { options } = message
  const key = `message/${message.id}/${message.tries}/${tried.length}`
  for (let again = 0; ; again++) {
    try {
      const seat = await reserve(
        fleet,
        {
          contactId: message.contact_as ?? message.contact_id,
          pool: message.pool ?? undefined,
          strategy: options.strategy,
          fallback: options.fallback,
          exclude: [...options.exclude, ...tried].slice(-MOST_EXCLUDED),
          maxWaitMs,
          idempotencyKey: again === 0 ? key : `${key}/${again}`,
        },
        { owner: OWNER },
      )
      const isFresh = Date.parse(seat.reservedAt) >= at.getTime() - SEAT_AGE_MS
      if (seat.state === 'reserved' && isFresh) return seat
      if (seat.state === 'reserved') await release(fleet, seat.id, 'not_tried')
    } catch (error) {
      if (error instanceof FleetError) return error
      throw error
    }
  }
}

/** A process that was stopped for longer than this after the start sends nothing any more: the message may be `unknown` by now. */
const LATE_MS = 60_000

/** Hands the message to Evolution, once; null where it is not to be sent any more, `lost` where another process has its lane. */
async function sendOnce(
  call: MessageCall,
  { token, contactId }: Lane,
  message: HeadMessage,
  seat: Reservation,
): Promise<SendVerdict | null | 'lost'> {
  const { fleet } = call
  const { instanceName, kind, server } = seat
  const { evolution } = await onServer(call, server)
  const content = message.content ?? (await fleet.messages.content(message.id))
  const begunAtMs = performance.now()
  const outcome =
    content === null
      ? 'over'
      : await fleet.messages.start({
          id: message.id,
          contact_id: contactId,
          token,
          reservation_id: seat.id,
          instance_name: instanceName,
          kind,
        })
  // The other process found the same seat.
  if (outcome === 'lost') return 'lost'
  if (content === null || outcome === 'over') {
    await release(fleet, seat.id, 'not_tried')
    return null
  }
  if (performance.now() - begunAtMs > LATE_MS)
    return {
      sent: 'no',
      why: 'unreachable',
      elsewhere: false,
      words: 'the process that sends it was stopped',
    }
  const number = recipientNumber(message.recipient, fleet.defaultCountry) ?? message.recipient
  const outgoing = { number, ...content }
  return evolution.send(instanceName, outgoing, { timeoutMs: fleet.sendTimes.timeoutMs })
}

/**
 * Stores the result of a try, and completes its seat; both again while the database does not answer. A process that is killed between the two leaves a message
 * that was sent in `sending`, with its id on the seat, and the seat of one that was not sent counted.
 *
 * @returns the message; null where it did not take the result
 */
async function storeStep(
  { fleet, log }: MessageCall,
  message: HeadMessage,
  seat: Reservation,
  verdict: SendVerdict,
  step: Step,
): Promise<MessageRow | null> {
  const end = (changed: Pick<TryEnd, 'to_state'> & Partial<TryEnd>) =>
    store(() => fleet.messages.end({ ...NO_TRY, id: message.id, reservation_id: seat.id, ...changed }))
  if (step.step === 'sent') {
    const { messageId } = step
    await store(() => confirmReservation(fleet, { id: seat.id, messageId })).catch((error: unknown) =>
      log.warn(
        { err: error, message: message.id },
        'the seat of a message that was sent could not be confirmed',
      ),
    )
    return end({ to_state: 'sent', result: 'sent', message_id: messageId })
  }
  if (step.step === 'await_outcome') return end({ to_state: 'sending', error: step.error })
  if (verdict.sent !== 'no') return null
  const to_state = step.step === 'fail' ? 'failed' : 'queued'
  const row = await end({ to_state, result: verdict.why, error: 'error' in step ? step.error : null })
  await release(fleet, seat.id, releaseCauseOf(verdict.why))
  return row
}

async function release(fleet: MessageCall['fleet'], id: string, cause: ReleaseCause): Promise<void> {
  await store(() => releaseReservation(fleet, { id, cause }))
}

const NO_TRY = { reservation_id: null, result: null, message_id: null, error: null }

/** Stores a result, and tries again for a minute while the database does not answer. */
async function store<Result>(write: () => Promise<Result>): Promise<Result> {
  const giveUpAtMs = performance.now() + STORE_FOR_MS
  for (;;) {
    try {
      return await write()
    } catch (error) {
      const mayPass = error instanceof FleetError && error.code === 'DATABASE_UNAVAILABLE'
      if (!mayPass || performance.now() > giveUpAtMs) throw error
      await pause(STORE_PAUSE_MS)
    }
  }
}
