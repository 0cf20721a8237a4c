import { randomUUID } from 'node:crypto'
import { FleetError } from '@zapfleet/core'
import type { Caller } from '../caller.ts'

/** Runs queries so that one key cannot take the database and the event loop from others. */
export type ReadKeeper = {
  /**
   * Runs a read. Equal reads of one key (same `name`, same `input`) share one run: a call that arrives while an equal read
   * runs shares the next run, so that its answer is never older than the call. A key has `AT_ONCE` reads running; further ones wait.
   *
   * @throws FleetError RATE_LIMITED, with `availableAt` a second later, when `WAITING` reads of this key wait already
   */
  read<Result>(caller: Caller, name: string, input: unknown, run: () => Promise<Result>): Promise<Result>
}

/** Reads of one key that run at the same time in this process. */
export const AT_ONCE = 3
/** Reads of one key that wait in this process, shared ones included. */
export const WAITING = 200
/** The time after which a client repeats a refused read: by then the waiting ones have ended, unless the database is slow. */
const AGAIN_AFTER_MS = 1_000

type Shared = { running: Promise<unknown>; next: Promise<unknown> | null }
type Holding = { running: number; held: number; queue: (() => void)[] }

/** @param onRefused is called for each refused read */
export function keepReads(onRefused: () => void): ReadKeeper {
  const holdings = new Map<string, Holding>()
  const shared = new Map<string, Shared>()

  const inSlot = async <Result>(holding: Holding, run: () => Promise<Result>): Promise<Result> => {
    if (holding.running >= AT_ONCE) await new Promise<void>((start) => holding.queue.push(start))
    else holding.running++
    try {
      return await run()
    } finally {
      // The slot goes to the next read, or is free.
      const start = holding.queue.shift()
      if (start) start()
      else holding.running--
    }
  }

  const share = <Result>(key: string, run: () => Promise<Result>): Promise<Result> => {
    const present = shared.get(key)
    if (present) {
      present.next ??= present.running
        .catch(() => {})
        .then(() => {
          shared.delete(key)
          return share(key, run)
        })
      return present.next as Promise<Result>
    }
    const running = run()
    const entry: Shared = { running, next: null }
    shared.set(key, entry)
    const forget = (): void => {
      if (entry.next === null && shared.get(key) === entry) shared.delete(key)
    }
    running.then(forget, forget)
    return running
  }

  return {
    async read(caller, name, input, run) {
      const holding = holdings.get(caller.id) ?? { running: 0, held: 0, queue: [] }
      if (holding.held >= AT_ONCE + WAITING) {
        onRefused()
        const words = `The key "${caller.label}" waits for ${holding.held} reads, the most it may. Wait for their answers before the next read.`
        throw new FleetError('RATE_LIMITED', words, { availableAt: new Date(Date.now() + AGAIN_AFTER_MS) })
      }
      holdings.set(caller.id, holding)
      holding.held++
      try {
        return await share(`${caller.id} ${name} ${inputText(input)}`, () => inSlot(holding, run))
      } finally {
        holding.held--
        if (holding.held === 0) holdings.delete(caller.id)
      }
    },
  }
}

/** The text of an input, by which equal reads are found. One that is nested too deeply to be written is equal to no other: it is about to be refused. */
function inputText(input: unknown): string {
  try {
    return JSON.stringify(input) ?? ''
  } catch {
    return randomUUID()
  }
}
