import type { PreferenceCache } from '../contact/preference-cache.ts'
import { DatabaseError, driverMessage, isBadValue, toFleetError } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { strategies } from '../selection/strategies.ts'
import { type Claimed, claimedOne, createClaim } from './claim.ts'
import { createClaimOne } from './claim-one.ts'
import { granted } from './granted.ts'
import { freeExpiredKeys, readKeyed } from './idempotency-keys.ts'
import { flights } from './in-flight.ts'
import type { Ask } from './pending-reserve.ts'
import { type Fresh, type Pick, type Ranking, rank } from './rank.ts'
import { reject, resolve, waitingAsks } from './reserve-queue.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'

/**
 * The heart. Asks that wait go out together: each batch is ranked over the fleet in memory and claimed by one statement.
 * Two batches are under way, in line on one connection: while the database runs the first, this process makes the second
 * ready and answers the one before. Who was not granted stands first in the next batch, on fresher knowledge;
 * `NO_CAPACITY` is said only after a fresh reading has nothing left.
 */
export type Engine = {
  readonly snapshot: Snapshot
  /** Queues an ask; its `resolve` or `reject` is called exactly once, at its deadline at the latest. */
  submit(ask: Ask): void
  /** Refuses new asks and waits for those that are here. */
  stop(): Promise<void>
  /** For metrics: the asks that wait in this process now. */
  figures(): { waiting: number }
}

export type EngineOptions = {
  preferences: PreferenceCache
  /** Gives back the seats of asks whose callers had their answer before the grant came. */
  release: (reservationIds: string[]) => Promise<unknown>
  /** Told of every batch of claims, for metrics: how many there were in it, and how long it took. */
  onBatch?: ((size: number, tookMs: number) => void) | undefined
  maxWaiting?: number | undefined
  maxBatch?: number | undefined
}

const MAX_WAITING = 10_000
/** Larger batches were no faster: 256 rows hide the cost of a statement and its commit. */
const MAX_BATCH = 256
const MAX_FLIGHTS = 2
/** From so many on, what waits for an idle database is sent in two halves, so that the two sides work at once. */
const HALVE_FROM = 16
/** How long an ask waits whose contact's row somebody else holds: asking again at once would only spin. */
const BUSY_PAUSE_MS = 10

export function createEngine(ground: Ground, options: EngineOptions): Engine {
  const { log } = ground
  const { preferences } = options
  const maxBatch = options.maxBatch ?? MAX_BATCH
  const asks = waitingAsks(options.maxWaiting ?? MAX_WAITING)
  const inFlight = flights()
  const snapshot = createSnapshot(ground, inFlight.seats)
  const one = createClaimOne(ground)
  const claim = createClaim(ground, one)
  /** Asks that wait for an answer in flight, or for a moment. */
  let parked: Ask[] = []
  let paused = 0
  let sending = false
  let stopped = false

  /** Sends batches while there are asks and room in the line. */
  const send = async (): Promise<void> => {
    while (asks.size() > 0 && inFlight.count() < MAX_FLIGHTS) {
      const halve = inFlight.count() === 0 && asks.size() >= HALVE_FROM
      const batch = asks.takeBatch(
        halve ? Math.min(maxBatch, Math.ceil(asks.size() / 2)) : maxBatch,
        inFlight.holdsUp,
      )
      if (batch.length === 0) break
      try {
        if (!(await claimOwn(batch))) {
          const ranking = await prepare(batch)
          if (ranking.picks.length > 0) void fly(ranking.picks)
          for (const ask of ranking.later) if (ask.needs === null) parked.push(ask)
          asks.putBack(ranking.later.filter((ask) => ask.needs !== null))
        }
      } catch (error) {
        fail(batch, error)
      }
      // What they wait for may have landed while the last of the batch was refused: then no answer would fetch them.
      if (inFlight.count() === 0) unpark()
    }
    sending = false
  }
  const unpark = (): void => {
    asks.putBack(parked)
    parked = []
  }
  /** In the next turn of the event loop, so that those who ask in this one go together. */
  const wake = (): void => {
    if (sending || asks.size() === 0 || inFlight.count() >= MAX_FLIGHTS) return
    sending = true
    setImmediate(() => void send())
  }

  /**
   * Serves a lone ask, of whose contact nothing is believed yet, by the number that the contact has. When that number
   * cannot send the ask is ranked like any other, and the reading of the contact is done.
   */
  const claimOwn = async (batch: readonly Ask[]): Promise<boolean> => {
    const [ask] = batch
    if (!ask || batch.length > 1 || ask.contact === null || ask.key !== null || ask.exclude) return false
    if (!strategies[ask.strategy].followsPreference || preferences.has(ask.contact)) return false
    await snapshot.ready()
    const startedAtMs = performance.now()
    const { present, seat } = await one.own(ask)
    options.onBatch?.(1, performance.now() - startedAtMs)
    preferences.set(ask.contact, present)
    if (!seat) return false
    const { name } = seat.seen
    const pick: Pick = { ask, instance: name, place: 1, believed: name, moves: false, outcome: 'kept' }
    await answer([pick], claimedOne(seat))
    return true
  }

  /** Reads what the batch needs to have read, and ranks it. */
  const prepare = async (batch: readonly Ask[]): Promise<Ranking> => {
    const needs = new Set<string>()
    for (const ask of batch) if (ask.needs !== null) needs.add(ask.needs)
    // Contacts first: between the reading of the fleet and the ranking no older answer may come in.
    await preferences.read(batch)
    const fresh: Fresh = { fleet: needs.has('*'), names: needs }
    if (fresh.fleet) fresh.older = await snapshot.refresh()
    else {
      await snapshot.ready()
      if (needs.size > 0) await snapshot.refreshNames([...needs])
    }
    const ranking = rank(
      batch,
      snapshot.pool,
      preferences.get,
      fresh,
      snapshot.ends(),
      snapshot.nowMs(),
      inFlight.seats,
    )
    if (ranking.refused.length > 0) await refuse(ranking.refused)
    return ranking
  }

  /** One claim, from sending to answers. Never throws. */
  const fly = async (picks: readonly Pick[]): Promise<void> => {
    inFlight.start(picks)
    snapshot.touched(picks.map((pick) => pick.instance))
    const startedAtMs = performance.now()
    try {
      const claimed = await claim(picks)
      inFlight.end(picks)
      await answer(picks, claimed)
    } catch (error) {
      inFlight.end(picks)
      fail(
        picks.map((pick) => pick.ask),
        error,
      )
    }
    options.onBatch?.(picks.length, performance.now() - startedAtMs)
    unpark()
    wake()
  }

  const answer = async (picks: readonly Pick[], claimed: Claimed): Promise<void> => {
    const again: Ask[] = []
    const busy: Ask[] = []
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
        if (denial.why === 'stale' && ask.contact !== null) preferences.set(ask.contact, denial.present)
        const next = { key: keyed, busy, stale: again, full: again }[denial.why]
        next.push(ask)
        continue
      }
      if (pick.moves && ask.contact !== null) preferences.set(ask.contact, pick.instance)
      // The first of several grants on one instance still had the later ones' seats before it.
      const after = (left.get(pick.instance) ?? 1) - 1
      left.set(pick.instance, after)
      if (!ask.answered) resolve(ask, granted(pick, claimed, reservedAt, after))
      // With a key its caller can come back for it; without one nobody ever will.
      else if (ask.key === null) orphans.push(ask.id)
    }
    for (const name of left.keys()) if (!claimed.seats.has(name)) snapshot.pool.forget(name)
    snapshot.pool.see(inFlight.withSeats(claimed.seats.values()))
    snapshot.touched(left.keys())
    if (orphans.length > 0) giveBack(orphans)
    if (busy.length > 0) putBackLater(busy)
    asks.putBack(again)
    if (keyed.length > 0) asks.putBack(await answerKeyed(keyed))
  }

  const giveBack = (orphans: string[]): void => {
    options.release(orphans).catch((error) => {
      const words = 'seats of callers that had gone stay counted: they could not be given back'
      log.warn({ error: driverMessage(error), count: orphans.length }, words)
    })
  }

  const putBackLater = (busy: readonly Ask[]): void => {
    paused++
    setTimeout(() => {
      paused--
      asks.putBack(busy)
      wake()
    }, BUSY_PAUSE_MS)
  }

  /** Answers asks whose key is in use, with the reservation that stands under it. Returns those whose key is free after all. */
  const answerKeyed = async (keyed: readonly Ask[]): Promise<Ask[]> => {
    const keys = keyed.flatMap((ask) => ask.key ?? [])
    const standing = await readKeyed(ground, keys)
    const expired = keys.filter((key) => standing.get(key)?.expired)
    if (expired.length > 0) await freeExpiredKeys(ground, expired)
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
    // What this process thinks it took may never have been counted.
    snapshot.outdate()
    for (const ask of batch) if (ask.contact !== null) preferences.forget(ask.contact)
    const gone = error instanceof DatabaseError && error.isUnavailable
    if (!gone && batch.length > 1) {
      // One ask may spoil the statement for all: each goes alone, and only the one at fault hears of it.
      for (const ask of batch) ask.alone = true
      asks.putBack(batch)
      return
    }
    const told = isBadValue(error)
      ? new FleetError('INVALID_INPUT', 'The database cannot store a value of this call.', { cause: error })
      : toFleetError(error)
    for (const ask of batch) reject(ask, told)
    const details = { error: driverMessage(error), code: told.code, asks: batch.length }
    log.error(details, 'a batch of reserves failed')
    // Who waits behind would meet the same: better to hear it now than at the deadline.
    if (gone) asks.rejectAll(told)
  }

  return {
    snapshot,
    figures: () => ({ waiting: asks.size() + parked.length }),
    submit(ask) {
      if (stopped) {
        return reject(
          ask,
          new FleetError('OVERLOADED', 'This process is stopping. Try again; another will answer.'),
        )
      }
      asks.add(ask)
      wake()
    },
    async stop() {
      stopped = true
      while (sending || inFlight.count() > 0 || asks.size() > 0 || paused > 0)
        await new Promise((next) => setTimeout(next, 2))
      asks.stopWatch()
    },
  }
}
