import type { TRPCClient } from '@trpc/client'
import { type Deadline, openDeadline } from './deadline.ts'
import { aborted } from './failure.ts'
import { FleetError, isFleetError, type Tried } from './fleet-error.ts'
import { isNotSent, type NotSentError } from './not-sent.ts'
import { span } from './options.ts'
import type { FleetRouter, ReleaseCause, Reservation, ReserveInput } from './router.ts'
import { turnMs, waitForTurn } from './wait-for-turn.ts'

/** A reservation that was neither confirmed nor released. It stays counted, which is the safe side. */
export type Unsettled = {
  /** The call that failed. */
  act: 'confirm' | 'release'
  /** The reservation, unchanged. */
  reservation: Reservation
  /** Why the last try failed. */
  error: FleetError
}

/** Input of the reserve, and limits of `withInstance`. */
export type WithInstanceOptions = Omit<ReserveInput, 'idempotencyKey' | 'maxWaitMs'> & {
  /**
   * How long the message may wait for its turn on a number with a gap between messages, in milliseconds, 0 to 120,000 (default 0:
   * `NO_CAPACITY` instead, with the reason `PACING` and `availableAt`). `act` is called when the turn has come.
   */
  maxWaitMs?: number | undefined
  /** How many other numbers may be tried after `notSent` (default 0). */
  failover?: number
  /** Timeout of everything together, waits included, in milliseconds (default 120,000 more than `maxWaitMs`); then `instance.signal` aborts. */
  deadlineMs?: number
  /** Aborts before the deadline. */
  signal?: AbortSignal
  /** Called when a confirm or a release failed for good. Nothing is thrown then; errors of this function are ignored. */
  onUnsettled?: (problem: Unsettled) => void
}

/** The number that sends this message, as the callback gets it. */
export type ServingInstance = {
  /** Its name, on zapfleet and on Evolution. */
  name: string
  /** The Evolution server that has it; `default` is the one of EVOLUTION_API_URL. */
  server: string
  /** The reservation; `withInstance` confirms or releases it. */
  reservation: Reservation
  /** 1 for the first number that is tried. */
  attempt: number
  /** Aborts at the deadline, or with the caller's signal. Pass it to the request that sends. */
  signal: AbortSignal
}

const DEADLINE_MS = 120_000
/** The API takes no longer `maxWaitMs`. */
const LONGEST_WAIT_MS = 120_000
/** The result of a callback that ends this soon after the abort still counts. */
const GRACE_MS = 1_000
/** The API takes no more names in `exclude`. */
const MOST_EXCLUDED = 100

const RESERVE = { procedure: 'reservation.reserve', server: '', requestId: null }

/** The calls that `withInstance` makes, and how long a quick one may take. */
export type Fleet = { calls: TRPCClient<FleetRouter>; quickMs: number }

/**
 * Reserves a number, waits for its turn, runs `act` with it, confirms when it returns, and returns its result.
 *
 * - The turn is not before the deadline, or `signal` aborts the wait: the reservation is released, `act` is not called, and the
 *   error is `NOT_SENT`, with `availableAt` where the turn is known.
 * - `act` returns an object with `messageId`, as `sendText` does, or Evolution's own answer (`key.id`): the id goes with the
 *   confirm, and zapfleet finds what became of the message.
 * - `act` throws `notSent(cause)`: the reservation is released, and another number is tried, up to `failover` times.
 * - `act` throws anything else: the message may have been sent. The reservation stays counted, no other number is tried, and
 *   the error is rethrown.
 * - `act` still runs a second after the deadline: the same, as FleetError `MAYBE_SENT`. When `act` ends later, its
 *   reservation is still confirmed or released.
 * - A confirm or release that fails after its retries is reported to `onUnsettled`. The reservation stays counted.
 *
 * @throws FleetError `NOT_SENT` when no number that was tried sent it, `MAYBE_SENT`, the errors of `reserve` before
 * anything was sent (`NO_CAPACITY`, …), and those of `act`
 */
export async function withInstance<Result>(
  fleet: Fleet,
  options: WithInstanceOptions,
  act: (instance: ServingInstance) => Result | Promise<Result>,
): Promise<Result> {
  const { failover = 0, deadlineMs, maxWaitMs, signal, onUnsettled, exclude = [], ...wanted } = options
  checkCount('failover', failover)
  if (maxWaitMs !== undefined) checkCount('maxWaitMs', maxWaitMs, LONGEST_WAIT_MS)
  const defaultMs = DEADLINE_MS + (maxWaitMs ?? 0)
  const deadline = openDeadline(span('withInstance', 'deadlineMs', deadlineMs, defaultMs), signal)
  const sending: Sending = { fleet, deadline, onUnsettled, tried: [], releases: [] }
  try {
    for (let attempt = 1; ; attempt++) {
      const refused = sending.tried.map((one) => one.instanceName)
      const excluded = [...exclude, ...refused].slice(-MOST_EXCLUDED)
      const input = {
        ...wanted,
        ...(excluded.length === 0 ? {} : { exclude: excluded }),
        // A turn after the deadline would be of no use.
        ...(maxWaitMs === undefined ? {} : { maxWaitMs: Math.min(maxWaitMs, deadline.remainingMs()) }),
      }
      const reservation = await reserve(sending, input, signal)
      const { instanceName: name, server } = reservation
      const outcome = await run(sending, reservation, () =>
        act({ name, server, reservation, attempt, signal: deadline.signal }),
      )
      if ('value' in outcome) return outcome.value
      const mayContinue = outcome.notSent.elsewhere && attempt <= failover && deadline.remainingMs() > 0
      if (!mayContinue) throw notSentError(sending.tried, null)
    }
  } finally {
    deadline.end()
    await Promise.all(sending.releases)
  }
}

function checkCount(name: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 0' : `of milliseconds, 0 to ${most}`
  throw new FleetError(
    'INVALID_INPUT',
    `withInstance: ${name}: expected a whole number ${range}, got ${value}.`,
  )
}

type Sending = {
  fleet: Fleet
  deadline: Deadline
  onUnsettled: WithInstanceOptions['onUnsettled']
  tried: Tried[]
  /** In flight; they never fail. */
  releases: Promise<void>[]
}

async function reserve(
  sending: Sending,
  input: ReserveInput,
  signal: AbortSignal | undefined,
): Promise<Reservation> {
  const { fleet, deadline, tried } = sending
  const timeoutMs = Math.max(1, Math.min(fleet.quickMs, deadline.remainingMs()))
  try {
    return await (signal === undefined
      ? fleet.calls.reservation.reserve.mutate(input, { context: { timeoutMs } })
      : reserveUntilAborted(sending, input, timeoutMs, signal))
  } catch (error) {
    if (tried.length === 0 || !isFleetError(error)) throw error
    throw notSentError(tried, error)
  }
}

/** Reserves until the caller aborts. The answer is awaited for another second, and given back: nothing is sent with it. */
function reserveUntilAborted(
  sending: Sending,
  input: ReserveInput,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Reservation> {
  const call = new AbortController()
  const end = (): void => call.abort(signal.reason)
  if (signal.aborted) end()
  return new Promise((resolve, reject) => {
    let grace: ReturnType<typeof setTimeout> | undefined
    const onAbort = (): void => {
      reject(aborted(RESERVE, { cause: signal.reason }))
      grace = setTimeout(end, GRACE_MS)
      sending.releases.push(given)
    }
    const { reserve } = sending.fleet.calls.reservation
    const given = reserve
      .mutate(input, { context: { timeoutMs }, signal: call.signal })
      .then((reservation) => {
        resolve(reservation)
        return signal.aborted ? release(sending, reservation, 'not_tried') : undefined
      }, reject)
      .finally(() => {
        clearTimeout(grace)
        signal.removeEventListener('abort', onAbort)
      })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
}

/** Waits for the turn, runs `act` and completes its reservation. Throws the errors that are for the caller. */
async function run<Result>(
  sending: Sending,
  reservation: Reservation,
  act: () => Result | Promise<Result>,
): Promise<{ value: Result } | { notSent: NotSentError }> {
  const { deadline, tried, releases } = sending
  if (!(await waitForTurn(reservation, deadline))) {
    releases.push(release(sending, reservation, 'not_tried'))
    const late = deadline.signal.aborted ? null : lateTurn(reservation, deadline)
    throw notSentError([...tried, triedBy(reservation, late ?? deadline.signal.reason)], late)
  }
  const acting = Promise.resolve()
    .then(act)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
  const outcome = await Promise.race([acting, deadline.overBy(GRACE_MS)])
  if (outcome === undefined) {
    // The caller has its error already; the late result still completes the reservation.
    void acting.then((late) => {
      if ('value' in late) return confirm(sending, reservation, late.value)
      return isNotSent(late.error) ? release(sending, reservation, causeOf(late.error)) : undefined
    })
    throw maybeSentError(reservation, tried, deadline.signal.reason)
  }
  if ('value' in outcome) {
    await confirm(sending, reservation, outcome.value)
    return outcome
  }
  if (!isNotSent(outcome.error)) throw outcome.error
  // Shares one request with the next reserve.
  releases.push(release(sending, reservation, causeOf(outcome.error)))
  tried.push(triedBy(reservation, outcome.error.cause))
  return { notSent: outcome.error }
}

function confirm(sending: Sending, reservation: Reservation, result: unknown): Promise<void> {
  const messageId = messageIdIn(result)
  const input = { id: reservation.id, ...(messageId === undefined ? {} : { messageId }) }
  return complete(sending, 'confirm', reservation, ({ confirm }) => confirm.mutate(input))
}

/** The API takes no longer id. */
const MESSAGE_ID_MAX_LENGTH = 128

/** The id of the message in what a callback returned: that of `sendText`, or Evolution's own answer with its `key.id`. */
function messageIdIn(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  const { messageId, key } = result as { messageId?: unknown; key?: { id?: unknown } | null }
  const id = messageId ?? key?.id
  return typeof id === 'string' && isMessageId(id) ? id : undefined
}

/** Whether the API takes it: a visible text that PostgreSQL can store. A confirm without it is better than none. */
function isMessageId(id: string): boolean {
  const isVisible = /[^\s\p{Cc}\p{Cf}]/u.test(id)
  return isVisible && id.length <= MESSAGE_ID_MAX_LENGTH && !/[\0\p{Surrogate}]/u.test(id)
}

function release(sending: Sending, reservation: Reservation, cause: ReleaseCause | undefined): Promise<void> {
  const input = { id: reservation.id, ...(cause === undefined ? {} : { cause }) }
  return complete(sending, 'release', reservation, ({ release }) => release.mutate(input))
}

/** An error of another copy of this package, of an older version, has no cause. */
function causeOf({ releaseCause }: Partial<NotSentError>): ReleaseCause | undefined {
  return releaseCause ?? undefined
}

/** Confirms or releases, also after the deadline, because the outcome must be stored. Never throws. */
async function complete(
  { fleet, onUnsettled }: Sending,
  act: 'confirm' | 'release',
  reservation: Reservation,
  call: (reservations: Fleet['calls']['reservation']) => Promise<unknown>,
): Promise<void> {
  try {
    await call(fleet.calls.reservation)
  } catch (error) {
    if (!isFleetError(error)) throw error
    try {
      onUnsettled?.({ act, reservation, error })
    } catch {
      // An error of the listener must not turn a message that was sent into an error.
    }
  }
}

function triedBy(reservation: Reservation, cause: unknown): Tried {
  return { instanceName: reservation.instanceName, reservationId: reservation.id, cause }
}

function notSentError(tried: readonly Tried[], refusal: FleetError | null): FleetError {
  const names = tried.map((one) => one.instanceName).join(', ')
  const last = tried.at(-1)?.cause
  const why = last instanceof Error ? ` ${last.message}` : ''
  const then = refusal === null || refusal === last ? '' : ` No other number could be had: ${refusal.message}`
  return new FleetError('NOT_SENT', `The message was not sent, by ${names}.${why}${then}`, {
    cause: last,
    tried,
    availableAt: refusal?.availableAt ?? null,
    reasons: refusal?.reasons ?? {},
    requestId: refusal?.requestId ?? null,
    attempts: tried.length,
  })
}

/** The cause of `NOT_SENT` for a turn that is not before the deadline. */
function lateTurn(reservation: Reservation, deadline: Deadline): FleetError {
  const { instanceName, notBefore } = reservation
  const words = `The turn of ${instanceName} is in ${turnMs(reservation)} ms, and the deadline in ${deadline.remainingMs()} ms. Set deadlineMs higher or maxWaitMs lower.`
  const availableAt = notBefore === null ? null : new Date(notBefore)
  return new FleetError('TIMEOUT', words, { availableAt, reasons: { PACING: 1 } })
}

function maybeSentError(reservation: Reservation, tried: readonly Tried[], cause: unknown): FleetError {
  const { id, instanceName } = reservation
  const words = `The time was over while ${instanceName} was sending: the message may have been sent. Its seat (${id}) stays counted.`
  return new FleetError('MAYBE_SENT', words, {
    cause,
    tried: [...tried, triedBy(reservation, cause)],
    attempts: tried.length + 1,
  })
}
