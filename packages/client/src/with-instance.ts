import type { TRPCClient } from '@trpc/client'
import { type Deadline, openDeadline } from './deadline.ts'
import { FleetError, isFleetError, type Tried } from './fleet-error.ts'
import { isNotSent, type NotSentError } from './not-sent.ts'
import { span } from './options.ts'
import type { FleetRouter, Reservation, ReserveInput } from './router.ts'

/** A reservation that could not be settled. It stays counted, which is the safe side. */
export type Unsettled = {
  /** What was tried. */
  act: 'confirm' | 'release'
  /** The reservation that stays as it is. */
  reservation: Reservation
  /** Why the last try failed. */
  error: FleetError
}

/** Which number is wanted, and how far `withInstance` goes for it. */
export type WithInstanceOptions = Omit<ReserveInput, 'idempotencyKey'> & {
  /** How many other numbers may be tried after `notSent` (default 0). */
  failover?: number
  /** All of it together, in milliseconds (default 120,000); then `instance.signal` aborts. */
  deadlineMs?: number
  /** Ends it before. */
  signal?: AbortSignal
  /** Told when a confirm or a release failed for good. Nothing is thrown then, nor what this throws. */
  onUnsettled?: (problem: Unsettled) => void
}

/** The number that sends this message, as the callback gets it. */
export type ServingInstance = {
  /** Its name, on zapfleet and on Evolution. */
  name: string
  /** The counted seat; `withInstance` confirms or releases it. */
  reservation: Reservation
  /** 1 for the first number that is tried. */
  attempt: number
  /** Aborts at the deadline, and when the caller leaves. Hand it to the request that sends. */
  signal: AbortSignal
}

const DEADLINE_MS = 120_000
/** A callback that ends this soon after its signal aborted is still heard. */
const GRACE_MS = 1_000
/** The API takes no more names in `exclude`. */
const MOST_EXCLUDED = 100

/** The calls that `withInstance` makes, and how long a quick one may take. */
export type Fleet = { calls: TRPCClient<FleetRouter>; quickMs: number }

/**
 * Reserves a number, runs `act` with it, confirms when it returns, and answers what it returned.
 *
 * - `act` throws `notSent(cause)`: the seat is given back, and another number tried, as often as `failover` says.
 * - `act` throws anything else: the message may have been sent. The seat stays counted, nothing is tried elsewhere, and
 *   the error reaches the caller as it is.
 * - `act` still runs a second after the deadline: the same, as FleetError `MAYBE_SENT`. When `act` ends at last, its
 *   seat is confirmed or given back all the same.
 * - A confirm or release that fails, after its own tries, is told to `onUnsettled`. The seat stays counted.
 *
 * @throws FleetError `NOT_SENT` when no number that was tried sent it, `MAYBE_SENT`, whatever `reserve` throws before
 * anything was sent (`NO_CAPACITY`, …), and what `act` throws
 */
export async function withInstance<Result>(
  fleet: Fleet,
  options: WithInstanceOptions,
  act: (instance: ServingInstance) => Result | Promise<Result>,
): Promise<Result> {
  const { failover = 0, deadlineMs, signal, onUnsettled, exclude = [], ...wanted } = options
  if (!Number.isInteger(failover) || failover < 0) {
    throw new FleetError(
      'INVALID_INPUT',
      `withInstance: failover: expected a whole number from 0, got ${failover}.`,
    )
  }
  const deadline = openDeadline(span('withInstance', 'deadlineMs', deadlineMs, DEADLINE_MS), signal)
  const undertaking: Undertaking = { fleet, deadline, onUnsettled, tried: [], releases: [] }
  try {
    for (let attempt = 1; ; attempt++) {
      const refused = undertaking.tried.map((one) => one.instanceName)
      const excluded = [...exclude, ...refused].slice(-MOST_EXCLUDED)
      const input = { ...wanted, ...(excluded.length === 0 ? {} : { exclude: excluded }) }
      const reservation = await reserve(undertaking, input, signal)
      const outcome = await run(undertaking, reservation, () =>
        act({ name: reservation.instanceName, reservation, attempt, signal: deadline.signal }),
      )
      if ('value' in outcome) return outcome.value
      const mayGoOn = outcome.notSent.elsewhere && attempt <= failover && deadline.remainingMs() > 0
      if (!mayGoOn) throw sentByNobody(undertaking.tried, null)
    }
  } finally {
    deadline.end()
    await Promise.all(undertaking.releases)
  }
}

type Undertaking = {
  fleet: Fleet
  deadline: Deadline
  onUnsettled: WithInstanceOptions['onUnsettled']
  tried: Tried[]
  /** Under way; they never fail. */
  releases: Promise<void>[]
}

async function reserve(
  { fleet, deadline, tried }: Undertaking,
  input: ReserveInput,
  signal: AbortSignal | undefined,
): Promise<Reservation> {
  const timeoutMs = Math.max(1, Math.min(fleet.quickMs, deadline.remainingMs()))
  const options = { context: { timeoutMs }, ...(signal ? { signal } : {}) }
  try {
    return await fleet.calls.reservation.reserve.mutate(input, options)
  } catch (error) {
    if (tried.length === 0 || !isFleetError(error)) throw error
    throw sentByNobody(tried, error)
  }
}

/** Runs `act` and settles its seat. Throws what the caller must hear. */
async function run<Result>(
  undertaking: Undertaking,
  reservation: Reservation,
  act: () => Result | Promise<Result>,
): Promise<{ value: Result } | { notSent: NotSentError }> {
  const { deadline, tried, releases } = undertaking
  if (deadline.remainingMs() === 0) {
    releases.push(settle(undertaking, 'release', reservation))
    throw sentByNobody([...tried, triedBy(reservation, deadline.signal.reason)], null)
  }
  const acting = Promise.resolve()
    .then(act)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
  const outcome = await Promise.race([acting, deadline.overBy(GRACE_MS)])
  if (outcome === undefined) {
    // Nobody waits for it any more, but its seat is settled by what it says in the end.
    void acting.then((late) => {
      if ('value' in late) return settle(undertaking, 'confirm', reservation)
      return isNotSent(late.error) ? settle(undertaking, 'release', reservation) : undefined
    })
    throw maybeSent(reservation, tried, deadline.signal.reason)
  }
  if ('value' in outcome) {
    await settle(undertaking, 'confirm', reservation)
    return outcome
  }
  if (!isNotSent(outcome.error)) throw outcome.error
  // Goes in one request with the next reserve.
  releases.push(settle(undertaking, 'release', reservation))
  tried.push(triedBy(reservation, outcome.error.cause))
  return { notSent: outcome.error }
}

/** Never throws, and pays no heed to the deadline: what happened is to be written down. */
async function settle(
  { fleet, onUnsettled }: Undertaking,
  act: 'confirm' | 'release',
  reservation: Reservation,
): Promise<void> {
  try {
    await fleet.calls.reservation[act].mutate({ id: reservation.id })
  } catch (error) {
    if (!isFleetError(error)) throw error
    try {
      onUnsettled?.({ act, reservation, error })
    } catch {
      // A listener that fails must not turn a message that was sent into an error.
    }
  }
}

function triedBy(reservation: Reservation, cause: unknown): Tried {
  return { instanceName: reservation.instanceName, reservationId: reservation.id, cause }
}

function sentByNobody(tried: readonly Tried[], refusal: FleetError | null): FleetError {
  const names = tried.map((one) => one.instanceName).join(', ')
  const last = tried.at(-1)?.cause
  const why = last instanceof Error ? ` ${last.message}` : ''
  const then = refusal === null ? '' : ` No other number could be had: ${refusal.message}`
  return new FleetError('NOT_SENT', `The message was not sent, by ${names}.${why}${then}`, {
    cause: last,
    tried,
    availableAt: refusal?.availableAt ?? null,
    reasons: refusal?.reasons ?? {},
    requestId: refusal?.requestId ?? null,
    attempts: tried.length,
  })
}

function maybeSent(reservation: Reservation, tried: readonly Tried[], cause: unknown): FleetError {
  const { id, instanceName } = reservation
  const words = `The time was over while ${instanceName} was sending: the message may have been sent. Its seat (${id}) stays counted.`
  return new FleetError('MAYBE_SENT', words, {
    cause,
    tried: [...tried, triedBy(reservation, cause)],
    attempts: tried.length + 1,
  })
}
