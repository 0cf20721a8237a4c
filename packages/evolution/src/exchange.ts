import type { Dispatcher } from 'undici'

/**
 * The result of one HTTP request. `sent`: whether any of it may have left this process; a request that still waits
 * for a connection is cancelled and never sent.
 */
export type Exchange =
  | { kind: 'answer'; status: number; text: string; location: string | null }
  | { kind: 'too_large'; status: number }
  | { kind: 'broken'; sent: boolean; cause: unknown }

/**
 * Sends one request and reads the whole answer as UTF-8 text of at most `maxBytes`. Never rejects; ends at once when the
 * signal fires, also while the request waits for a connection (undici's own `request` would not).
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Exchange> {
  const { promise, resolve } = deferred<Exchange>()
  let running: Dispatcher.DispatchController | null = null
  let sent = false
  let status = 0
  let location: string | null = null
  let bytes = 0
  const chunks: Buffer[] = []

  const settle = (outcome: Exchange) => {
    signal.removeEventListener('abort', stop)
    resolve(outcome)
  }
  const stop = () => {
    settle({ kind: 'broken', sent, cause: signal.reason })
    running?.abort(abortedHere())
  }
  if (signal.aborted) {
    stop()
    return promise
  }
  signal.addEventListener('abort', stop, { once: true })

  dispatcher.dispatch(request, {
    onRequestStart(controller) {
      // Its turn came after its time: aborting here writes nothing.
      if (signal.aborted) return controller.abort(abortedHere())
      running = controller
      sent = true
    },
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode
      location = typeof headers.location === 'string' ? headers.location : null
    },
    onResponseData(controller, chunk) {
      bytes += chunk.length
      if (bytes <= maxBytes) {
        chunks.push(chunk)
        return
      }
      settle({ kind: 'too_large', status })
      controller.abort(abortedHere())
    },
    onResponseEnd() {
      settle({ kind: 'answer', status, text: Buffer.concat(chunks).toString('utf8'), location })
    },
    onResponseError(_controller, cause) {
      settle({ kind: 'broken', sent, cause })
    },
  })
  return promise
}

function abortedHere(): Error {
  return new Error('The request was given up by its sender.')
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
