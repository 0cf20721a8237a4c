import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Arena } from '../arena.ts'
import type { Measured, Stretch } from '../measured.ts'

/** The client of a caller in the load process. */
export type ClientKind = 'http' | 'httpLink' | 'fleetClient' | 'fleetClientUnbatched'

/** An order of the load process: one stretch. */
export type Order = Stretch & {
  address: string
  apiKey: string
  /** `fleet`: the engine itself, on the database at `address`. */
  client: ClientKind | 'fleet'
  procedure:
    | 'reserve'
    | 'reserve by adapter'
    | 'bare route'
    | 'no-op'
    | 'reads'
    | 'wrong keys'
    | 'send'
    | 'gateway'
  /** Calls in one request; only reads are sent in batches. Default 1. */
  batch?: number
}

/** Its answer. */
export type Answer = { measured: Measured } | { failure: string }

/** A process that calls the API. It runs one order at a time. */
export type LoadProcess = { pid: number; run(order: Order, signal: AbortSignal): Promise<Measured> }

/** Starts the load process; it ends when the arena closes, or when this process does. */
export function openLoadProcess(arena: Arena): LoadProcess {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)))
  const ended = once(child, 'exit')
  arena.onClose(async () => {
    if (child.connected) child.disconnect()
    await ended
  })
  return {
    pid: child.pid ?? 0,
    async run(order, signal) {
      const over = new AbortController()
      try {
        const answered = once(child, 'message', { signal: AbortSignal.any([signal, over.signal]) })
        child.send(order)
        const answer = await Promise.race([
          answered.then(([first]) => first as Answer),
          ended.then(([code]): Answer => ({ failure: `the load process ended with code ${code}` })),
        ])
        if ('failure' in answer) throw new Error(`The load process failed: ${answer.failure}`)
        return answer.measured
      } finally {
        over.abort()
      }
    },
  }
}
