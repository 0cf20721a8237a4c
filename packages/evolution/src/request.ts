import { setTimeout as sleep } from 'node:timers/promises'
import type { SendRoute, SendVerdict } from '@zapfleet/sending'
import { type Dispatcher, Pool } from 'undici'
import type { EvolutionCall } from './evolution.ts'
import { exchange } from './exchange.ts'
import { judgeSend, outcomeOfSend } from './send-verdict.ts'
import type { Shape } from './shapes.ts'
import { judgeExchange } from './verdict.ts'

/** Evolution closes a connection that was idle for 5 s. Ours closes first: a request on a closing connection would fail. */
const IDLE_SOCKET_MS = 3_000
const IDLE_SOCKET_MAX_MS = 4_000
const SOCKET_CONNECT_MS = 3_000
/** 200 instances weigh about 200 kB, so this is a fleet of 20,000. */
const ANSWER_MAX_BYTES = 20 * 1024 * 1024
/** Pauses before the second and the third try of a call that merely reads. */
const RETRY_AFTER_MS = [50, 250]
const CLOSE_GRACE_MS = 2_000

/** One call: its address, the shape of its answer, and whether it acts (then it is sent once only). */
export type Call<T> = {
  call: string
  name?: string | undefined
  method: Dispatcher.HttpMethod
  path: string
  body?: unknown
  acts: boolean
  shape: Shape<T>
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** On whose behalf; for the log. */
  requestId?: string | undefined
  /** Texts in this call that no error may repeat. */
  secrets?: readonly string[]
}

/** One send of a message. */
export type Send = Omit<Call<never>, 'acts' | 'shape'> & { name: string; route: SendRoute }

/** Sends calls over one pool of connections. */
export type Requester = {
  request<T>(call: Call<T>): Promise<T>
  /** Sends a message once. Never rejects. */
  deliver(send: Send): Promise<SendVerdict>
  close(options?: { graceMs?: number }): Promise<void>
}

/** A requester for one server. `basePath` has no slash at its end. */
export function createRequester(options: {
  origin: string
  basePath: string
  apiKey: string
  connections: number
  log: (event: EvolutionCall) => void
}): Requester {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    keepAliveTimeout: IDLE_SOCKET_MS,
    keepAliveMaxTimeout: IDLE_SOCKET_MAX_MS,
    connect: { timeout: SOCKET_CONNECT_MS },
    // The call's own timeout rules.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  let closing: Promise<void> | null = null

  function messageOf(call: Pick<Call<unknown>, 'method' | 'path' | 'body'>): Dispatcher.DispatchOptions {
    return {
      method: call.method,
      path: options.basePath + call.path,
      headers: {
        apikey: options.apiKey,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    }
  }

  async function request<T>(call: Call<T>): Promise<T> {
    call.signal?.throwIfAborted()
    const deadline = startDeadline(call.timeoutMs, call.signal)
    const secrets = [options.apiKey, ...(call.secrets ?? [])]
    const message = messageOf(call)
    try {
      for (let attempt = 1; ; attempt++) {
        const startedAt = performance.now()
        const ended = await exchange(pool, message, deadline.signal, ANSWER_MAX_BYTES)
        const cancelled = ended.kind === 'broken' && call.signal?.aborted === true
        const verdict = judgeExchange({ ...call, secrets, timedOut: deadline.signal.aborted }, ended)
        const status = verdict.outcome === 'ok' ? verdict.status : verdict.error.status
        options.log({
          call: call.call,
          ...(call.name === undefined ? {} : { name: call.name }),
          outcome: cancelled ? 'cancelled' : verdict.outcome,
          ...(status === undefined ? {} : { status }),
          tookMs: Math.round(performance.now() - startedAt),
          attempt,
          ...(call.requestId === undefined ? {} : { requestId: call.requestId }),
        })
        if (cancelled) call.signal?.throwIfAborted()
        if (verdict.outcome === 'ok') return verdict.value
        const pauseMs = RETRY_AFTER_MS[attempt - 1]
        if (call.acts || !verdict.transient || pauseMs === undefined) throw verdict.error
        await sleep(pauseMs, undefined, { signal: deadline.signal }).catch(() => {
          call.signal?.throwIfAborted()
          throw verdict.error
        })
      }
    } finally {
      deadline.end()
    }
  }

  async function deliver(send: Send): Promise<SendVerdict> {
    const deadline = startDeadline(send.timeoutMs, send.signal)
    const startedAt = performance.now()
    const ended = await exchange(pool, messageOf(send), deadline.signal, ANSWER_MAX_BYTES)
    deadline.end()
    const cancelled = ended.kind === 'broken' && send.signal?.aborted === true
    const timedOut = !cancelled && deadline.signal.aborted
    const secrets = [options.apiKey, ...(send.secrets ?? [])]
    const verdict = judgeSend(
      { route: send.route, timeoutMs: send.timeoutMs, secrets, cancelled, timedOut },
      ended,
    )
    options.log({
      call: send.call,
      name: send.name,
      outcome: cancelled ? 'cancelled' : outcomeOfSend(verdict),
      ...(ended.kind === 'broken' ? {} : { status: ended.status }),
      tookMs: Math.round(performance.now() - startedAt),
      attempt: 1,
      ...(send.requestId === undefined ? {} : { requestId: send.requestId }),
    })
    return verdict
  }

  async function shutDown(graceMs: number): Promise<void> {
    const cut = setTimeout(() => void pool.destroy().catch(() => {}), graceMs)
    await pool.close().catch(() => {})
    clearTimeout(cut)
  }

  return {
    request,
    deliver,
    close({ graceMs = CLOSE_GRACE_MS } = {}) {
      closing ??= shutDown(graceMs)
      return closing
    },
  }
}

/** One signal for both ways a call can end early. Not AbortSignal.any: with a long-lived caller's signal that one leaks. */
function startDeadline(
  timeoutMs: number,
  cancel: AbortSignal | undefined,
): { signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const stop = () => controller.abort()
  if (cancel?.aborted) stop()
  const timer = setTimeout(stop, timeoutMs)
  cancel?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      cancel?.removeEventListener('abort', stop)
    },
  }
}
