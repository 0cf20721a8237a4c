import type { Operation, OperationResultEnvelope, TRPCClientError, TRPCLink } from '@trpc/client'
import { isRepeatable, isSlow, takesKey } from './call-policy.ts'
import { aborted, type Call, failureOf, notJson, tooLate } from './failure.ts'
import { FleetError } from './fleet-error.ts'
import { newKey } from './new-id.ts'
import { type Retry, type Settings, span } from './options.ts'
import { pause } from './pause.ts'
import { waitBeforeMs } from './retry-wait.ts'
import type { FleetRouter } from './router.ts'

type Envelope = OperationResultEnvelope<unknown, TRPCClientError<FleetRouter>>

/** The last link of tRPC's chain: sends a call and returns its answer. */
export type LastLink = ReturnType<TRPCLink<FleetRouter>>

/** Settings of one call, in tRPC's `context`: `fleet.instance.list.query({}, { context: { timeoutMs: 2_000 } })`. */
export type CallContext = {
  /** Timeout of the call with all its tries, in milliseconds; default `timeouts.quickMs` or `slowMs` of the client. */
  timeoutMs?: number
  /** Whether the call is repeated where that is safe; default `retry` of the client. */
  retry?: boolean
}

/** What all calls of a client share. `random` returns 0 to 1, the same for calls that fail together. */
export type Transport = {
  settings: Settings
  linkOf: (op: Operation) => LastLink
  random: (nowMs: number) => number
}

/** A repeat with less time is not begun: it would end before an answer could arrive. */
const SHORTEST_REPEAT_MS = 10

/** Makes a call: tries until it succeeds, is refused for good, or times out. Throws FleetError and nothing else. */
export async function carryOut(transport: Transport, op: Operation): Promise<unknown> {
  const { settings, random } = transport
  const { timeoutMs, retry = settings.retry } = op.context as CallContext
  const { attemptMs, quickMs, slowMs, repeatMs } = settings.timeouts
  const withinMs = span(op.path, 'timeoutMs', timeoutMs, isSlow(op.path) ? slowMs : quickMs)
  assertJson(op, settings)
  const startedAtMs = performance.now()
  const endMs = startedAtMs + withinMs
  const repeatsUntilMs = Math.min(endMs, startedAtMs + repeatMs)
  const mayRepeat = retry && isRepeatable(op.type, op.path)
  const input = mayRepeat && takesKey(op.path) ? withKey(op.input) : op.input
  let last: FleetError | null = null
  for (let attempts = 1; ; attempts++) {
    const remainingMs = Math.ceil(endMs - performance.now())
    // The pause took longer on a busy machine.
    if (last !== null && remainingMs < SHORTEST_REPEAT_MS) throw withAttempts(last, attempts - 1)
    const tryMs = mayRepeat && !isSlow(op.path) ? Math.min(attemptMs, remainingMs) : remainingMs
    const attempt = { ...op, input, context: { ...op.context } }
    try {
      return await tryOnce(transport, attempt, tryMs)
    } catch (thrown) {
      const error = failureOf(thrown, callOf(attempt, settings))
      const waitMs = mayRepeat ? waitBeforeMs(error, attempts, Date.now(), random(performance.now())) : null
      const isOver = waitMs === null || performance.now() + waitMs >= repeatsUntilMs
      if (isOver) throw withAttempts(error, attempts)
      last = error
      reportRetry(settings, {
        procedure: op.path,
        attempts,
        waitMs,
        remainingMs: repeatsUntilMs - performance.now(),
        error,
      })
      await pause(waitMs, op.signal)
    }
  }
}

/**
 * A batch is written as a whole: one input that cannot be written would end the calls beside it.
 *
 * @throws FleetError INVALID_INPUT for a BigInt, a circle and the like
 */
export function assertJson(op: Operation, settings: Settings): void {
  try {
    JSON.stringify(op.input)
  } catch (cause) {
    throw notJson(callOf(op, settings), cause)
  }
}

/** Calls `onRetry`. What it throws is dropped: it must not end a call that may still succeed. */
function reportRetry({ onRetry }: Settings, retry: Retry): void {
  try {
    onRetry?.({ ...retry, waitMs: Math.round(retry.waitMs), remainingMs: Math.round(retry.remainingMs) })
  } catch {}
}

/** One try. A timeout or an abort by the caller ends the request. */
function tryOnce({ settings, linkOf }: Transport, wanted: Operation, tryMs: number): Promise<unknown> {
  const { signal } = wanted
  // tRPC's links never remove their listeners from a signal. The caller's may outlive many calls, so a try has its own.
  const own = signal ? new AbortController() : null
  const op = own === null ? wanted : { ...wanted, signal: own.signal }
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(callOf(op, settings), { cause: signal.reason }))
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const giveUp = (error: FleetError): void => {
      end()
      reject(error)
      own?.abort()
      subscription?.unsubscribe()
    }
    let subscription: { unsubscribe(): void } | undefined
    const onAbort = (): void => giveUp(aborted(callOf(op, settings), { cause: signal?.reason }))
    const timer = setTimeout(() => giveUp(tooLate(callOf(op, settings), tryMs)), tryMs)
    signal?.addEventListener('abort', onAbort)
    subscription = linkOf(op)({ op, next: noLinkBelow }).subscribe({
      next(envelope: Envelope) {
        end()
        resolve((envelope.result as { data?: unknown }).data)
      },
      error(error) {
        end()
        reject(error)
      },
    })
  })
}

function noLinkBelow(): never {
  throw new Error('expected the last link, which calls no other')
}

/** A reserve or a message that may be repeated without being counted or sent twice. */
function withKey(input: unknown): unknown {
  const given = (input ?? {}) as { idempotencyKey?: string }
  if (given.idempotencyKey !== undefined) return given
  return { ...given, idempotencyKey: newKey() }
}

function withAttempts(error: FleetError, attempts: number): FleetError {
  if (attempts === 1) return error
  const { code, message, availableAt, reasons, nextStep, requestId, procedure, shape, cause } = error
  return new FleetError(code, `${message} (Tried ${attempts} times.)`, {
    cause,
    availableAt,
    reasons,
    nextStep,
    requestId,
    procedure,
    attempts,
    ...(shape ? { answer: { error: shape } } : {}),
  })
}

/** Facts of a call for its error. */
export function callOf(op: Operation, settings: Settings): Call {
  return { procedure: op.path, server: settings.server, requestId: requestIdOf(op) }
}

/** The id of the call's request; null before a request was made. */
function requestIdOf(op: Pick<Operation, 'context'>): string | null {
  const { requestId } = op.context
  return typeof requestId === 'string' ? requestId : null
}
