import { toFleetError } from '../ground/database-error.ts'
import type { Log } from '../ground/log.ts'
import type { Snapshot } from '../reservation/snapshot.ts'
import { serverIn } from '../selection/pools.ts'

/** Servers of instances, as this process has them in memory, and how to read them again. */
export type Places = Pick<Snapshot, 'pools' | 'refreshNames'>

/** Events that came from this server. */
type FromServer = { server: string; events: { instance: string } }

/** Events of instances that are, by what this process has in memory, on another server or not there. */
export type PlaceReads<One extends FromServer> = {
  /** Whether these events are of such an instance. */
  isDoubtful(one: FromServer): boolean
  /** Whether these events are of an instance that is on another server. */
  isElsewhere(one: FromServer): boolean
  /** Decides it after the next reading. */
  add(one: One): void
  /** How many wait for a reading. */
  size(): number
  /** Waits until nothing waits any more. */
  idle(): Promise<void>
  /** Decides what waits, after one attempt to read. */
  close(): Promise<void>
}

/** The shortest time between two readings. */
const APART_MS = 1_000

/**
 * Reads where such instances are, since another process may have moved them: memory is read again by reserves alone. One reading at a
 * time, at most one in a second, of all that came until then. While the database is away they wait.
 *
 * @param decide receives what was read for, at most once; memory is right now
 */
export function openPlaceReads<One extends FromServer>(
  { pools, refreshNames }: Places,
  { decide, log }: { decide: (some: readonly One[]) => void; log: Log },
): PlaceReads<One> {
  let waiting: One[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  let isClosing = false
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  const read = async (): Promise<void> => {
    const some = waiting
    waiting = []
    lastMs = performance.now()
    try {
      await refreshNames([...new Set(some.map(({ events }) => events.instance))])
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (error.code === 'DATABASE_UNAVAILABLE' && !isClosing) {
        waiting = [...some, ...waiting]
        return
      }
      log.warn({ err: error, events: some.length }, 'the servers of instances could not be read')
    }
    decide(some)
  }

  const start = (): void => {
    timer = undefined
    running = read().finally(() => {
      running = null
      schedule()
    })
  }

  const schedule = (): void => {
    if (running !== null || timer !== undefined || isClosing || waiting.length === 0) return
    timer = setTimeout(start, Math.max(0, lastMs + APART_MS - performance.now()))
  }

  return {
    isDoubtful: ({ server, events }) => pools.all.get(events.instance)?.server !== server,
    isElsewhere: ({ server, events }) => serverIn(pools, events.instance, server) !== server,
    add(one) {
      waiting.push(one)
      schedule()
    },
    size: () => waiting.length,
    async idle() {
      while (running !== null || waiting.length > 0)
        await (running ?? new Promise((resolve) => setTimeout(resolve, 10)))
    },
    async close() {
      isClosing = true
      clearTimeout(timer)
      await running
      if (waiting.length > 0) await read()
    },
  }
}
