import { LRUCache } from 'lru-cache'
import { createKnownLids } from '../contact/link-lids.ts'
import { type FoundInbound, moveContacts } from '../contact/store-inbounds.ts'
import { toFleetError } from '../ground/database-error.ts'
import { readMoment } from '../ground/read-moment.ts'
import type { NamedMessage } from '../reservation/completer.ts'
import {
  type Arrival,
  batchOf,
  EVENT_SOURCES,
  type EventSource,
  instancesWithGoodNews,
  keyOf,
} from './event-batch.ts'
import type { MessageEvents } from './message-events.ts'
import { COVERAGE_EVERY_MS } from './outcome-sql.ts'
import { openPlaceReads, type Places } from './read-places.ts'
import {
  applyOutcomes,
  linkNamed,
  linkSends,
  type OutcomeStore,
  recordCoverage,
  recordInbounds,
} from './store-events.ts'

/**
 * The events about messages that one process received and has not stored yet. They are stored together, on the registry pool, at most
 * every 250 ms or when there are 500; one write is in flight. While the database is away they wait, at most 20,000; then the newest are
 * dropped.
 */
export type Intake = {
  /**
   * Takes events in; returns at once and never throws.
   *
   * @param server where they come from; those of an instance that is on another one count as `isElsewhere`, for their outcomes alone
   */
  take(source: EventSource, events: MessageEvents, server?: string): void
  /** Counts events that another way stored. */
  count(source: EventSource, events: number): void
  /** Takes in the messages that confirms named. */
  name(messages: readonly NamedMessage[]): void
  /** The moment by the database's clock, as this process estimates it. */
  nowMs(): Promise<number>
  /** How many events of each source were received, and how many were dropped, since the process started. */
  figures(): { received: Readonly<Record<EventSource, number>>; dropped: number }
  /** Waits until everything that was taken in is stored or was dropped. */
  idle(): Promise<void>
  /** Stores what waits, in one attempt, and ends. */
  close(): Promise<void>
}

const FLUSH_EVERY_MS = 250
const FLUSH_AT = 500
/** Of one write: its statements stay short. */
const MOST_AT_ONCE = 1_000
const MOST_WAITING = 20_000
const RETRY_AFTER_MS = 1_000
/** Instances and sources whose last write of coverage is remembered. */
const COVERED = 20_000

type Waiting = { events: MessageEvents; source: EventSource; arrivedAt: number | Date }
type FromServer = Waiting & { server: string }

/**
 * @param places the servers of instances
 * @param onGoodNews receives the instances of which messages were reported as sent, delivered or read, after that was stored
 */
export function openIntake(
  store: OutcomeStore,
  places: Places,
  onGoodNews: (instances: readonly string[]) => void = () => {},
): Intake {
  const { log } = store
  const received = Object.fromEntries(EVENT_SOURCES.map((source) => [source, 0])) as Record<
    EventSource,
    number
  >
  const covered = new LRUCache<string, true>({ max: COVERED, ttl: COVERAGE_EVERY_MS })
  let waiting: Waiting[] = []
  let named: NamedMessage[] = []
  /** Messages of contacts that another transaction holds in `clientes`. */
  let held: FoundInbound[] = []
  const lids = createKnownLids(store.drops)
  let dropped = 0
  let isFull = false
  let isClosed = false
  /** The database's clock minus `performance.now()`; null before it was read. */
  let offsetMs: number | null = null
  let timer: NodeJS.Timeout | undefined
  let running: Promise<boolean> | null = null

  const readOffset = async (): Promise<number> => {
    if (offsetMs !== null) return offsetMs
    const startedAtMs = performance.now()
    const { at } = await readMoment(store)
    offsetMs = at.getTime() - (startedAtMs + performance.now()) / 2
    return offsetMs
  }

  /** Stores a part of what waits; what could not be stored waits again. */
  const write = async (): Promise<boolean> => {
    const some = waiting.slice(0, MOST_AT_ONCE)
    const names = named.slice(0, MOST_AT_ONCE)
    waiting = waiting.slice(MOST_AT_ONCE)
    named = named.slice(MOST_AT_ONCE)
    try {
      await storeAll(some, names)
      isFull = false
      return true
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (error.code !== 'DATABASE_UNAVAILABLE') {
        // Another attempt would fail the same way, and hold up what follows.
        dropped += some.length
        log.error(
          { err: error, events: some.length },
          'events about messages could not be stored and are dropped',
        )
        return true
      }
      log.warn({ err: error, events: some.length }, 'events about messages wait for the database')
      waiting = [...some, ...waiting]
      named = [...names, ...named]
      return false
    }
  }

  const storeAll = async (some: readonly Waiting[], names: readonly NamedMessage[]): Promise<void> => {
    await linkNamed(store, names)
    const again = held
    held = []
    try {
      hold(await moveContacts(store, again))
    } catch (error) {
      hold(again)
      throw error
    }
    if (some.length === 0) return
    const offset = await readOffset()
    const batch = batchOf(
      some.map(
        ({ events, source, arrivedAt }): Arrival => ({
          events,
          source,
          arrivedAtMs: typeof arrivedAt === 'number' ? arrivedAt + offset : arrivedAt.getTime(),
        }),
      ),
    )
    await linkSends(store, batch.sends)
    const startedAtMs = performance.now()
    const { at } = await applyOutcomes(store, batch.outcomes)
    // Clocks drift.
    if (at !== null) offsetMs = at.getTime() - startedAtMs
    const good = instancesWithGoodNews(batch.outcomes)
    if (good.length > 0) onGoodNews(good)
    hold(await recordInbounds(store, lids, batch))
    const due = batch.coverage.filter((one) => !covered.has(keyOf(one.instance, one.source)))
    await recordCoverage(store, due)
    for (const one of due) covered.set(keyOf(one.instance, one.source), true)
  }

  const hold = (busy: readonly FoundInbound[]): void => {
    held = [...held, ...busy].slice(-MOST_WAITING)
  }

  const isLeft = (): boolean => held.length > 0 || waiting.length > 0 || named.length > 0

  const schedule = (): void => {
    if (running !== null || !isLeft() || isClosed) return
    if (waiting.length >= FLUSH_AT) start()
    else timer ??= setTimeout(start, FLUSH_EVERY_MS)
  }

  const start = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (running !== null) return
    running = write().then((isStored) => {
      running = null
      if (isStored) schedule()
      else if (!isClosed) timer ??= setTimeout(start, RETRY_AFTER_MS)
      return isStored
    })
  }

  const placeReads = openPlaceReads<FromServer>(places, {
    decide(some) {
      for (const one of some) waiting.push(placeReads.isElsewhere(one) ? elsewhere(one) : one)
      schedule()
    },
    log,
  })

  return {
    take(source, events, server) {
      received[source] += 1
      const all = waiting.length + placeReads.size()
      if (isClosed || all >= MOST_WAITING) {
        dropped += 1
        if (!isFull) log.warn({ waiting: all }, 'events about messages are dropped: too many wait')
        isFull = true
        return
      }
      const one = { events, source, arrivedAt: store.clock() ?? performance.now() }
      if (server !== undefined && placeReads.isDoubtful({ events, server }))
        placeReads.add({ ...one, server })
      else waiting.push(one)
      schedule()
    },
    count(source, events) {
      received[source] += events
    },
    name(messages) {
      if (named.length + messages.length > MOST_WAITING) {
        if (!isFull)
          log.warn({ waiting: named.length }, 'messages that confirms named are dropped: too many wait')
        isFull = true
        return
      }
      named.push(...messages)
      schedule()
    },
    async nowMs() {
      return store.clock()?.getTime() ?? performance.now() + (await readOffset())
    },
    figures: () => ({ received, dropped }),
    async idle() {
      await placeReads.idle()
      while (isLeft() || running !== null) {
        if (running === null) start()
        const isStored = await running
        if (!isStored) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS))
        else if (held.length > 0) await new Promise((resolve) => setTimeout(resolve, FLUSH_EVERY_MS))
      }
    },
    async close() {
      await placeReads.close()
      await running
      clearTimeout(timer)
      timer = undefined
      for (let isStored = true; isStored && isLeft(); ) {
        isStored = await write()
        // What is held by a transaction of the bot was tried once more.
        held = []
      }
      isClosed = true
    },
  }
}

/** The same events where their instance is on another server and has the same name. Of these only the outcomes are used: each belongs to a message of ours. */
function elsewhere(one: FromServer): Waiting {
  return { ...one, events: { ...one.events, isElsewhere: true, sends: [], inbound: [], lids: [] } }
}
