import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientIds } from '../db/client-ids.ts'
import { asFleetError, isBadValue, isDatabaseUnavailable } from '../db/database-error.ts'
import type { Database } from '../db/open-database.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import type { Log } from '../fleet/log.ts'
import type { Ask, Reservation } from './ask.ts'
import { type Beliefs, createBeliefs } from './beliefs.ts'
import { type Claimed, createClaim } from './claim.ts'
import { freeExpiredKeys, readKeyed } from './keyed.ts'
import { type Pick, rank } from './rank.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'
import { reject, resolve, waitingAsks } from './waiting-asks.ts'

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
  /** Refuses new asks and waits for those that are here. */
  stop(): Promise<void>
  /** For metrics. */
  figures(): { waiting: number; batches: number; lastBatchSize: number; lastBatchMs: number }
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
/** Larger batches were no faster: 256 rows hide the cost of a statement and its commit. */
const MAX_BATCH = 256
const BUSY_PAUSE_MS = 10

export function createEngine(options: EngineOptions): Engine {
  const { sql, ids, timeZone, clock, log } = options
  const asks = waitingAsks(options.maxWaiting ?? MAX_WAITING, options.maxBatch ?? MAX_BATCH)
  const snapshot = createSnapshot(sql, timeZone, clock)
  const beliefs = createBeliefs(sql, ids)
  const claim = createClaim(sql, ids, timeZone)
  const figures = { batches: 0, lastBatchSize: 0, lastBatchMs: 0 }
  /** True from the first waiting ask until `run` saw none; set in the same tick, so that no ask is left behind. */
  let active = false
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  /** Nothing was granted, and somebody else holds a contact's row: asking again at once would only spin. */
  let onlyBusy = false

  const run = async (): Promise<void> => {
    while (asks.size() > 0) {
      const batch = asks.takeBatch()
      const startedAtMs = performance.now()
      try {
        asks.putBack(await serveApart(batch))
      } catch (error) {
        fail(batch, error)
      }
      figures.batches++
      figures.lastBatchSize = batch.length
      figures.lastBatchMs = performance.now() - startedAtMs
      // Lets those who were just answered ask again, so that the next batch has them.
      if (onlyBusy) await sleep(BUSY_PAUSE_MS)
      else await new Promise(setImmediate)
      onlyBusy = false
    }
    active = false
  }

  /** One value that cannot be stored spoils its statements for all: then each goes alone, and only the one at fault hears of it. */
  const serveApart = async (batch: readonly Ask[]): Promise<readonly Ask[]> => {
    try {
      return await serve(batch)
    } catch (error) {
      if (!isBadValue(error)) throw error
      snapshot.outdate()
      const [first] = batch
      if (batch.length === 1 && first) {
        const message = 'The database cannot store a value of this call.'
        reject(first, new FleetError('INVALID_INPUT', message, { cause: error }))
        return []
      }
      const again: Ask[] = []
      for (const ask of batch) if (!ask.answered) again.push(...(await serveApart([ask])))
      return again
    }
  }

  /** One batch: read what is needed, rank, claim, answer. Returns who is to go first in the next. */
  const serve = async (batch: readonly Ask[]): Promise<readonly Ask[]> => {
    const needs = new Set<string>()
    for (const ask of batch) if (ask.needs !== null) needs.add(ask.needs)
    const fleet = needs.has('*')
    if (fleet) await snapshot.refresh()
    else {
      await snapshot.ready()
      if (needs.size > 0) await snapshot.refreshNames([...needs])
    }
    await beliefs.read(batch)
    const fresh = { fleet, names: needs }
    const ranking = rank(batch, snapshot.pool, beliefs.of, fresh, snapshot.ends(), snapshot.nowMs())
    if (ranking.refused.length > 0) await refuse(ranking.refused)
    if (ranking.picks.length === 0) return ranking.later
    return (await answer(ranking.picks, await claim(ranking.picks, clock()))).concat(ranking.later)
  }

  const answer = async (picks: readonly Pick[], claimed: Claimed): Promise<Ask[]> => {
    const again: Ask[] = []
    const keyed: Ask[] = []
    const orphans: string[] = []
    const reservedAt = claimed.at.toISOString()
    const left = new Map<string, number>()
    for (const [index, pick] of picks.entries()) {
      left.set(pick.instance, (left.get(pick.instance) ?? 0) + (claimed.denied.has(index) ? 0 : 1))
    }
    for (const [index, pick] of picks.entries()) {
      const { ask } = pick
      const denial = claimed.denied.get(index)
      ask.needs = null
      if (denial) {
        if (denial.why === 'stale' && ask.contact !== null) beliefs.set(ask.contact, denial.present)
        if (denial.why === 'busy') onlyBusy = claimed.denied.size === picks.length
        if (denial.why === 'key') keyed.push(ask)
        else again.push(ask)
        continue
      }
      if (pick.moves && ask.contact !== null) beliefs.set(ask.contact, pick.instance)
      // The first of several grants on one instance still had the later ones' seats before it.
      const after = (left.get(pick.instance) ?? 1) - 1
      left.set(pick.instance, after)
      if (!ask.answered) resolve(ask, granted(pick, claimed, reservedAt, after))
      // With a key its caller can come back for it; without one nobody ever will.
      else if (ask.key === null) orphans.push(ask.id)
    }
    for (const name of left.keys()) if (!claimed.seats.has(name)) snapshot.pool.forget(name)
    snapshot.pool.see(claimed.seats.values())
    snapshot.touched(left.keys())
    if (orphans.length > 0) {
      options.release(orphans).catch((error) => {
        log.warn(
          { error: String(error), count: orphans.length },
          'seats of callers that had gone stay counted: they could not be given back',
        )
      })
    }
    return keyed.length > 0 ? again.concat(await answerKeyed(keyed)) : again
  }

  /** Answers asks whose key is in use, with the reservation that stands under it. Returns those whose key is free after all. */
  const answerKeyed = async (keyed: readonly Ask[]): Promise<Ask[]> => {
    const keys = keyed.flatMap((ask) => ask.key ?? [])
    const standing = await readKeyed(sql, clock(), timeZone, keys)
    const expired = keys.filter((key) => standing.get(key)?.expired)
    if (expired.length > 0) await freeExpiredKeys(sql, clock(), expired)
    const free: Ask[] = []
    for (const ask of keyed) {
      const found = standing.get(ask.key ?? '')
      if (!found || found.expired) free.push(ask)
      else if (found.hash === ask.hash) resolve(ask, { ...found.reservation, contactId: ask.contactId })
      else {
        const message =
          'This idempotencyKey was used in the last 24 hours with other input. Use a new key for a new message.'
        reject(ask, new FleetError('CONFLICT', message))
      }
    }
    return free
  }

  /** Says no, unless the ask repeats one that was granted before the fleet filled up. */
  const refuse = async (refused: { ask: Ask; error: FleetError }[]): Promise<void> => {
    const repeats = refused.filter(({ ask }) => ask.key !== null).map(({ ask }) => ask)
    if (repeats.length > 0) await answerKeyed(repeats)
    for (const { ask, error } of refused) reject(ask, error)
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
    // Who waits behind would meet the same: better to hear it now than at the deadline.
    if (isDatabaseUnavailable(error)) asks.rejectAll(told)
  }

  return {
    snapshot,
    beliefs,
    figures: () => ({ waiting: asks.size(), ...figures }),
    submit(ask) {
      if (stopped)
        return reject(
          ask,
          new FleetError('OVERLOADED', 'This process is stopping. Try again; another will answer.'),
        )
      asks.add(ask)
      if (active || asks.size() === 0) return
      active = true
      running = Promise.resolve().then(run)
    },
    async stop() {
      stopped = true
      while (active) await running
      asks.stopWatch()
    },
  }
}

function granted(pick: Pick, claimed: Claimed, reservedAt: string, grantsAfter: number): Reservation {
  const seat = claimed.seats.get(pick.instance)
  const room = (capacity: number, sent: number): number => Math.max(0, capacity - sent + grantsAfter)
  return {
    id: pick.ask.id,
    instanceName: pick.instance,
    contactId: pick.ask.contactId,
    strategy: pick.ask.strategy,
    state: 'reserved',
    preference: pick.outcome,
    reservedAt,
    remaining: seat
      ? { hour: room(seat.hourlyCapacity, seat.sentThisHour), day: room(seat.dailyCapacity, seat.sentToday) }
      : { hour: 0, day: 0 },
  }
}
