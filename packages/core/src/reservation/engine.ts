import type { ClientIds } from '../db/client-ids.ts'
import { asFleetError, isBadValue, isDatabaseUnavailable } from '../db/database-error.ts'
import type { Database } from '../db/open-database.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import type { Log } from '../fleet/log.ts'
import type { Ask, Grant } from './ask.ts'
import { type Beliefs, createBeliefs } from './beliefs.ts'
import { type Claimed, createClaim } from './claim.ts'
import { freeExpiredKeys, readKeyed } from './keyed.ts'
import { mayShareBatch, type Pick, rank } from './rank.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'

/**
 * The heart. Asks that wait go out together: one batch is in flight, what arrives meanwhile is the next. Each batch is
 * ranked over the fleet in memory and claimed by one statement; who was not granted stands first in the next batch, on
 * fresher knowledge. `NO_CAPACITY` is said only after a fresh reading has nothing left.
 */
export type Engine = {
  readonly snapshot: Snapshot
  readonly beliefs: Beliefs
  /** Queues an ask; its `resolve` or `reject` is called exactly once, at its deadline at the latest. */
  submit(ask: Ask): void
  /** Refuses new asks and waits for the batch in flight. */
  stop(): Promise<void>
  /** For metrics: asks that wait, and the size and time of the last batch. */
  readonly figures: { waiting: number; batches: number; lastBatchSize: number; lastBatchMs: number }
}

export type EngineOptions = {
  sql: Database
  ids: ClientIds | null
  timeZone: string
  clock: () => Date | null
  log: Log
  /** Gives back the seats of asks whose callers had their answer before the grant came. */
  release: (reservationIds: string[]) => Promise<unknown>
  maxWaiting?: number | undefined
  maxBatch?: number | undefined
}

const MAX_WAITING = 10_000
const MAX_BATCH = 256
const SWEEP_EVERY_MS = 50

export function createEngine(options: EngineOptions): Engine {
  const { sql, ids, timeZone, clock, log } = options
  const maxWaiting = options.maxWaiting ?? MAX_WAITING
  const maxBatch = options.maxBatch ?? MAX_BATCH
  const snapshot = createSnapshot(sql, timeZone, clock)
  const beliefs = createBeliefs(sql, ids)
  const claim = createClaim(sql, ids, timeZone)
  const figures = { waiting: 0, batches: 0, lastBatchSize: 0, lastBatchMs: 0 }

  let waiting: Ask[] = []
  let inFlight: readonly Ask[] = []
  /** True from the first waiting ask until `run` saw none; set in the same tick, so that no ask is left behind. */
  let active = false
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  let sweeper: NodeJS.Timeout | undefined

  const reject = (ask: Ask, error: Error): void => {
    if (ask.answered) return
    ask.answered = true
    ask.reject(error)
  }

  /** Takes the next batch from the front; one ask a key, and one contact twice only where both will get the same number. */
  const takeBatch = (): Ask[] => {
    const batch: Ask[] = []
    const contacts = new Map<string, Ask>()
    const keys = new Set<string>()
    const rest: Ask[] = []
    let at = 0
    for (; at < waiting.length && batch.length < maxBatch; at++) {
      const ask = waiting[at] as Ask
      if (ask.answered) continue
      const same = ask.contact === null ? undefined : contacts.get(ask.contact)
      if ((ask.key !== null && keys.has(ask.key)) || (same && !mayShareBatch(same, ask))) {
        rest.push(ask)
        continue
      }
      if (ask.contact !== null && !same) contacts.set(ask.contact, ask)
      if (ask.key !== null) keys.add(ask.key)
      batch.push(ask)
    }
    waiting =
      rest.length > 0 ? rest.concat(waiting.slice(at)) : at === waiting.length ? [] : waiting.slice(at)
    return batch
  }

  /** One batch: read what is needed, rank, claim, answer. Returns who is to go first in the next. */
  const serve = async (batch: readonly Ask[]): Promise<Ask[]> => {
    const needs = new Set(batch.flatMap((ask) => ask.needs ?? []))
    const fleet = needs.has('*')
    if (fleet) await snapshot.refresh()
    else {
      await snapshot.ready()
      if (needs.size > 0) await snapshot.refreshNames([...needs])
    }
    await beliefs.read(batch)
    const ranking = rank(
      batch,
      snapshot.pool,
      (contact) => beliefs.get(contact) ?? null,
      { fleet, names: needs },
      snapshot.ends(),
      snapshot.nowMs(),
    )
    if (ranking.refused.length > 0) await refuse(ranking.refused)
    if (ranking.picks.length === 0) return ranking.later
    const denied = await serveClaim(ranking.picks)
    return denied.length > 0 ? denied.concat(ranking.later) : ranking.later
  }

  const serveClaim = async (picks: readonly Pick[]): Promise<Ask[]> => {
    let claimed: Claimed
    try {
      claimed = await claim(picks, clock())
    } catch (error) {
      if (!isBadValue(error)) throw error
      // One value spoils the statement for all: each goes alone, and only the one at fault hears of it.
      if (picks.length > 1) return (await inTurn(picks, (pick) => serveClaim([{ ...pick, place: 1 }]))).flat()
      reject(
        (picks[0] as Pick).ask,
        new FleetError('INVALID_INPUT', 'The database cannot store a value of this call.', { cause: error }),
      )
      snapshot.outdate()
      return []
    }
    return answer(picks, claimed)
  }

  const answer = async (picks: readonly Pick[], claimed: Claimed): Promise<Ask[]> => {
    const again: Ask[] = []
    const keyed: Ask[] = []
    const orphans: string[] = []
    const left = new Map<string, number>()
    for (const [index, pick] of picks.entries())
      if (!claimed.denied.has(index)) left.set(pick.instance, (left.get(pick.instance) ?? 0) + 1)

    for (const [index, pick] of picks.entries()) {
      const { ask } = pick
      const denial = claimed.denied.get(index)
      ask.needs = null
      if (denial) {
        if (denial.why === 'stale' && ask.contact !== null) beliefs.set(ask.contact, denial.present)
        if (denial.why === 'key') keyed.push(ask)
        else again.push(ask)
        continue
      }
      if (pick.moves && ask.contact !== null) beliefs.set(ask.contact, pick.instance)
      // The first of several grants on one instance still had the later ones' seats before it.
      const after = (left.get(pick.instance) ?? 1) - 1
      left.set(pick.instance, after)
      if (ask.answered) {
        // With a key the caller can come back for it; without one nobody ever will.
        if (ask.key === null) orphans.push(ask.id)
        continue
      }
      ask.answered = true
      ask.resolve(granted(pick, claimed, after))
    }
    for (const name of new Set(picks.map((pick) => pick.instance)))
      if (!claimed.seats.has(name)) snapshot.pool.forget(name)
    snapshot.pool.see(claimed.seats.values())
    snapshot.touched(claimed.seats.keys())
    if (orphans.length > 0)
      options
        .release(orphans)
        .catch((error) =>
          log.warn(
            { error: String(error), count: orphans.length },
            'seats of callers that had gone could not be given back; they stay counted',
          ),
        )
    if (keyed.length > 0) again.push(...(await serveKeyed(keyed)))
    return again
  }

  /** Answers asks whose key is in use, with the reservation that stands under it. Returns those whose key is free after all. */
  const serveKeyed = async (asks: readonly Ask[]): Promise<Ask[]> => {
    const keys = asks.map((ask) => ask.key as string)
    const standing = await readKeyed(sql, clock(), timeZone, keys)
    const expired = keys.filter((key) => standing.get(key)?.expired)
    if (expired.length > 0) await freeExpiredKeys(sql, clock(), expired)
    const free: Ask[] = []
    for (const ask of asks) {
      const keyed = standing.get(ask.key as string)
      if (!keyed || keyed.expired) free.push(ask)
      else if (ask.answered) continue
      else if (keyed.hash === ask.hash) {
        ask.answered = true
        ask.resolve({ ...keyed.grant, contactId: ask.contactId })
      } else {
        reject(
          ask,
          new FleetError(
            'CONFLICT',
            'This idempotencyKey was used in the last 24 hours with other input. Use a new key for a new message.',
          ),
        )
      }
    }
    return free
  }

  /** Says no, unless the ask repeats one that was granted before the fleet filled up. */
  const refuse = async (refused: { ask: Ask; error: FleetError }[]): Promise<void> => {
    const repeats = refused.filter(({ ask }) => ask.key !== null).map(({ ask }) => ask)
    if (repeats.length > 0) await serveKeyed(repeats)
    for (const { ask, error } of refused) reject(ask, error)
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch()
      if (batch.length === 0) continue
      inFlight = batch
      const startedAtMs = performance.now()
      try {
        const again = await serve(batch)
        if (again.length > 0) waiting = again.concat(waiting)
      } catch (error) {
        fail(batch, error)
      }
      inFlight = []
      figures.batches++
      figures.lastBatchSize = batch.length
      figures.lastBatchMs = performance.now() - startedAtMs
      // Lets those who were just answered ask again, so that the next batch has them.
      await new Promise(setImmediate)
    }
    active = false
  }

  const fail = (batch: readonly Ask[], error: unknown): void => {
    const told = asFleetError(error)
    // What this process thinks it took may never have been counted.
    snapshot.outdate()
    for (const ask of batch) {
      if (ask.contact !== null) beliefs.forget(ask.contact)
      reject(ask, told)
    }
    log.error(
      { error: error instanceof Error ? error.message : String(error), code: told.code, asks: batch.length },
      'a batch of reserves failed',
    )
    if (!isDatabaseUnavailable(error)) return
    for (const ask of waiting) reject(ask, told)
    waiting = []
  }

  /** Nobody waits past the deadline. */
  const sweep = (): void => {
    const now = performance.now()
    let open = 0
    for (const list of [inFlight, waiting]) {
      for (const ask of list) {
        if (ask.answered) continue
        if (ask.deadlineMs > now) open++
        else
          reject(
            ask,
            new FleetError(
              'OVERLOADED',
              'No answer before the deadline of this call. Try again; with an idempotencyKey a repeated reserve is counted once.',
            ),
          )
      }
    }
    figures.waiting = waiting.length
    if (open === 0) {
      clearInterval(sweeper)
      sweeper = undefined
    }
  }

  return {
    snapshot,
    beliefs,
    figures,
    submit(ask) {
      if (stopped)
        return reject(
          ask,
          new FleetError('OVERLOADED', 'This process is stopping. Try again; another will answer.'),
        )
      if (waiting.length >= maxWaiting) {
        return reject(
          ask,
          new FleetError('OVERLOADED', `More than ${maxWaiting} calls are waiting. Try again in a moment.`),
        )
      }
      waiting.push(ask)
      sweeper ??= setInterval(sweep, SWEEP_EVERY_MS)
      if (active) return
      active = true
      running = Promise.resolve().then(run)
    },
    async stop() {
      stopped = true
      while (active) await running
      clearInterval(sweeper)
    },
  }
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await act(item))
  return results
}

function granted(pick: Pick, claimed: Claimed, grantsAfter: number): Grant {
  const seat = claimed.seats.get(pick.instance)
  const room = (capacity: number, sent: number): number => Math.max(0, capacity - sent + grantsAfter)
  return {
    id: pick.ask.id,
    instanceName: pick.instance,
    contactId: pick.ask.contactId,
    strategy: pick.ask.strategy,
    state: 'reserved',
    preference: pick.outcome,
    reservedAt: claimed.at,
    remaining: seat
      ? { hour: room(seat.hourlyCapacity, seat.sentThisHour), day: room(seat.dailyCapacity, seat.sentToday) }
      : { hour: 0, day: 0 },
  }
}
