import type { Operation, OperationResultEnvelope, TRPCClientError, TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { aborted, type Call, failureOf, tooLate } from './failure.ts'
import { FleetError } from './fleet-error.ts'
import { isRepeatable, isSlow } from './manner.ts'
import { newId } from './new-id.ts'
import type { Settings } from './options.ts'
import { openChance, waitBeforeMs } from './patience.ts'
import { pause } from './pause.ts'
import type { FleetRouter } from './router.ts'

type Envelope = OperationResultEnvelope<unknown, TRPCClientError<FleetRouter>>
type Next = Parameters<ReturnType<TRPCLink<FleetRouter>>>[0]['next']

/** What a caller may say of one call, in tRPC's `context`. */
export type CallContext = { timeoutMs?: number; retry?: boolean }

/**
 * The first link: gives every call a deadline, repeats what may be repeated until then, and turns whatever goes wrong
 * into a FleetError. Also those of subscriptions, which reconnect by themselves.
 */
export function guardCalls(settings: Settings): TRPCLink<FleetRouter> {
  const chance = openChance()
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        if (op.type === 'subscription') {
          return next(op).subscribe({
            next: (envelope) => observer.next(withFleetError(envelope, callOf(op, settings))),
            error: (error) => observer.error(failureOf(error, callOf(op, settings))),
            complete: () => observer.complete(),
          })
        }
        carryOut({ settings, chance }, op, next).then(
          (envelope) => {
            observer.next(envelope)
            observer.complete()
          },
          (error: FleetError) => observer.error(error),
        )
        // Nobody leaves a call by unsubscribing: tRPC hands out promises, and a caller's signal is heeded below.
        return () => {}
      })
}

type Manners = { settings: Settings; chance: (nowMs: number) => number }

/** Tries until it succeeds, is refused for good, or the time is over. Throws FleetError alone. */
async function carryOut({ settings, chance }: Manners, op: Operation, next: Next): Promise<Envelope> {
  const { timeoutMs, retry = settings.retry } = op.context as CallContext
  const { attemptMs, quickMs, slowMs } = settings.timeouts
  const withinMs = timeoutMs ?? (isSlow(op.path) ? slowMs : quickMs)
  const endMs = performance.now() + withinMs
  const mayRepeat = retry && isRepeatable(op.type, op.path)
  const input = mayRepeat && op.path === 'reservation.reserve' ? withKey(op.input) : op.input
  for (let attempts = 1; ; attempts++) {
    const remainingMs = Math.ceil(endMs - performance.now())
    const tryMs = mayRepeat ? Math.min(attemptMs, remainingMs) : remainingMs
    const attempt = { ...op, input, context: { ...op.context } }
    try {
      return await tryOnce(next, attempt, tryMs, settings)
    } catch (thrown) {
      const error = failureOf(thrown, callOf(attempt, settings))
      const waitMs = mayRepeat ? waitBeforeMs(error, attempts, Date.now(), chance(performance.now())) : null
      const isOver = waitMs === null || performance.now() + waitMs >= endMs
      if (isOver) throw attempts === 1 ? error : withAttempts(error, attempts)
      await pause(waitMs, op.signal)
    }
  }
}

/** One answer of the links below, or FleetError. When the time is over or the caller leaves, the request is let go. */
function tryOnce(next: Next, op: Operation, tryMs: number, settings: Settings): Promise<Envelope> {
  const { signal } = op
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(callOf(op, settings), { cause: signal.reason }))
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const letGo = (error: FleetError): void => {
      end()
      reject(error)
      subscription.unsubscribe()
    }
    const onAbort = (): void => letGo(aborted(callOf(op, settings), { cause: signal?.reason }))
    const timer = setTimeout(() => letGo(tooLate(callOf(op, settings), tryMs)), tryMs)
    signal?.addEventListener('abort', onAbort)
    const subscription = next(op).subscribe({
      next(envelope) {
        end()
        resolve(envelope)
      },
      error(error) {
        end()
        reject(error)
      },
    })
  })
}

/** A reserve that may be repeated without counting twice. */
function withKey(input: unknown): unknown {
  const given = (input ?? {}) as { idempotencyKey?: string }
  return given.idempotencyKey === undefined ? { ...given, idempotencyKey: newId() } : given
}

function withAttempts(error: FleetError, attempts: number): FleetError {
  const { code, message, availableAt, reasons, requestId, procedure, shape, cause } = error
  return new FleetError(code, `${message} (Tried ${attempts} times.)`, {
    cause,
    availableAt,
    reasons,
    requestId,
    procedure,
    attempts,
    ...(shape ? { answer: { error: shape } } : {}),
  })
}

function withFleetError(envelope: Envelope, call: Call): Envelope {
  const { result } = envelope
  if (result.type !== 'state' || result.error === null) return envelope
  return { ...envelope, result: { ...result, error: failureOf(result.error, call) } as typeof result }
}

function callOf(op: Operation, settings: Settings): Call {
  return { procedure: op.path, server: settings.server, requestId: requestIdOf(op) }
}

/** The id that the request of a call bore; null before it had one. */
function requestIdOf(op: Pick<Operation, 'context'>): string | null {
  const { requestId } = op.context
  return typeof requestId === 'string' ? requestId : null
}
