import type { PreferenceCache } from '../contact/preference-cache.ts'
import { DatabaseError, driverMessage, isBadValue, toFleetError } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { strategies } from '../selection/strategies.ts'
import { type Claimed, claimedOne, createClaim } from './claim.ts'
import { createClaimOne } from './claim-one.ts'
import { granted } from './granted.ts'
import { freeExpiredKeys, readKeyed } from './idempotency-keys.ts'
import { createInFlight } from './in-flight.ts'
import type { PendingReserve } from './pending-reserve.ts'
import { type Fresh, type Pick, type Ranking, rank } from './rank.ts'
import { reject, reserveQueue, resolve } from './reserve-queue.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'

/**
 * The engine of `reserve`. Waiting reserves are sent together: each batch is ranked over the fleet in memory and claimed by
 * one statement. Two batches are in flight on one pipelined connection: while the database runs the first, this process
 * prepares the second and answers the one before. A reserve that was not granted goes first into the next batch, with
 * fresher data; `NO_CAPACITY` is returned only after a fresh reading has no room left.
 */
export type Engine = {
  readonly snapshot: Snapshot
  /** Queues a reserve; its `resolve` or `reject` is called exactly once, at its deadline at the latest. */
  submit(reserve: PendingReserve): void
  /** Refuses new reserves and waits for those that are here. */
  stop(): Promise<void>
  /** For metrics: the reserves that wait in this process now. */
  figures(): { waiting: number }
}

export type EngineOptions = {
  preferences: PreferenceCache
  /** Gives back the seats of reserves that were answered before the grant arrived. */
  release: (reservationIds: string[]) => Promise<unknown>
  /** Called for every batch of claims, for metrics: how many there were in it, and how long it took. */
  onBatch?: ((size: number, tookMs: number) => void) | undefined
  maxWaiting?: number | undefined
  maxBatch?: number | undefined
}

const MAX_WAITING = 10_000
/** Larger batches were no faster: 256 rows hide the cost of a statement and its commit. */
const MAX_BATCH = 256
const MAX_IN_FLIGHT = 2
/** From so many on, what waits for an idle database is sent in two halves, so that the two sides work at once. */
const HALVE_FROM = 16
/** How long a reserve waits whose contact's row another transaction holds: a retry at once would only spin. */
const BUSY_PAUSE_MS = 10

export function createEngine(ground: Ground, options: EngineOptions): Engine {
  const { log } = ground
  const { preferences } = options
  const maxBatch = options.maxBatch ?? MAX_BATCH
  const queue = reserveQueue(options.maxWaiting ?? MAX_WAITING)
  const inFlight = createInFlight()
  const snapshot = createSnapshot(ground, inFlight.seats)
  const one = createClaimOne(ground)
  const claim = createClaim(ground, one)
  /** Reserves that wait for a claim in flight, or for a pause. */
  let waiting: PendingReserve[] = []
  let paused = 0
  let sending = false
  let stopped = false

  /** Sends batches while there are reserves and room in the pipeline. */
  const send = async (): Promise<void> => {
    while (queue.size() > 0 && inFlight.count() < MAX_IN_FLIGHT) {
      const halve = inFlight.count() === 0 && queue.size() >= HALVE_FROM
      const batch = queue.takeBatch(
        halve ? Math.min(maxBatch, Math.ceil(queue.size() / 2)) : maxBatch,
        inFlight.mustWait,
      )
      if (batch.length === 0) break
      try {
        if (!(await claimOwn(batch))) {
          const ranking = await prepare(batch)
          if (ranking.picks.length > 0) void claimBatch(ranking.picks)
          for (const reserve of ranking.later) if (reserve.mustRead === null) waiting.push(reserve)
          queue.putBack(ranking.later.filter((reserve) => reserve.mustRead !== null))
        }
      } catch (error) {
        fail(batch, error)
      }
      // The claim that they wait for may have ended while the last of the batch was refused: then no answer would requeue them.
      if (inFlight.count() === 0) requeueWaiting()
    }
    sending = false
  }
  const requeueWaiting = (): void => {
    queue.putBack(waiting)
    waiting = []
  }
  /** In the next turn of the event loop, so that all reserves of this turn go together. */
  const wake = (): void => {
    if (sending || queue.size() === 0 || inFlight.count() >= MAX_IN_FLIGHT) return
    sending = true
    setImmediate(() => void send())
  }

  /**
   * Serves a single reserve whose contact is not cached by the number that the contact has. When that number cannot send,
   * the reserve is ranked like any other, and the contact is in the cache.
   */
  const claimOwn = async (batch: readonly PendingReserve[]): Promise<boolean> => {
    const [reserve] = batch
    if (
      !reserve ||
      batch.length > 1 ||
      reserve.contact === null ||
      reserve.idempotencyKey !== null ||
      reserve.exclude
    )
      return false
    if (!strategies[reserve.strategy].followsPreference || preferences.has(reserve.contact)) return false
    await snapshot.ready()
    const startedAtMs = performance.now()
    const { present, seat } = await one.own(reserve)
    options.onBatch?.(1, performance.now() - startedAtMs)
    preferences.set(reserve.contact, present)
    if (!seat) return false
    const { name } = seat.candidate
    const pick: Pick = { reserve, instance: name, place: 1, expected: name, moves: false, outcome: 'kept' }
    await answer([pick], claimedOne(seat))
    return true
  }

  /** Reads what the batch needs to have read, and ranks it. */
  const prepare = async (batch: readonly PendingReserve[]): Promise<Ranking> => {
    const needs = new Set<string>()
    for (const reserve of batch) if (reserve.mustRead !== null) needs.add(reserve.mustRead)
    // Contacts first: between the reading of the fleet and the ranking no older result may come in.
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
  const claimBatch = async (picks: readonly Pick[]): Promise<void> => {
    inFlight.start(picks)
    snapshot.keep(picks.map((pick) => pick.instance))
    const startedAtMs = performance.now()
    try {
      const claimed = await claim(picks)
      inFlight.end(picks)
      await answer(picks, claimed)
    } catch (error) {
      inFlight.end(picks)
      fail(
        picks.map((pick) => pick.reserve),
        error,
      )
    }
    options.onBatch?.(picks.length, performance.now() - startedAtMs)
    requeueWaiting()
    wake()
  }

  const answer = async (picks: readonly Pick[], claimed: Claimed): Promise<void> => {
    const again: PendingReserve[] = []
    const busy: PendingReserve[] = []
    const keyed: PendingReserve[] = []
    const orphans: string[] = []
    const reservedAt = claimed.at.toISOString()
    const left = new Map<string, number>()
    for (const [index, pick] of picks.entries()) {
      left.set(pick.instance, (left.get(pick.instance) ?? 0) + (claimed.denied.has(index) ? 0 : 1))
    }
    for (const [index, pick] of picks.entries()) {
      const { reserve } = pick
      const denial = claimed.denied.get(index)
      reserve.mustRead = null
      if (denial) {
        if (denial.why === 'stale' && reserve.contact !== null)
          preferences.set(reserve.contact, denial.present)
        const next = { key: keyed, busy, stale: again, full: again }[denial.why]
        next.push(reserve)
        continue
      }
      if (pick.moves && reserve.contact !== null) preferences.set(reserve.contact, pick.instance)
      // The first of several grants on one instance still had the later ones' seats before it.
      const after = (left.get(pick.instance) ?? 1) - 1
      left.set(pick.instance, after)
      if (!reserve.isAnswered) resolve(reserve, granted(pick, claimed, reservedAt, after))
      // With a key its caller can repeat the call; without one the seat would stay counted.
      else if (reserve.idempotencyKey === null) orphans.push(reserve.id)
    }
    for (const name of left.keys()) if (!claimed.seats.has(name)) snapshot.pool.forget(name)
    snapshot.pool.update(inFlight.withSeats(claimed.seats.values()))
    snapshot.keep(left.keys())
    if (orphans.length > 0) giveBack(orphans)
    if (busy.length > 0) putBackLater(busy)
    queue.putBack(again)
    if (keyed.length > 0) queue.putBack(await answerKeyed(keyed))
  }

  const giveBack = (orphans: string[]): void => {
    options.release(orphans).catch((error) => {
      const words = 'seats of callers that had gone stay counted: they could not be given back'
      log.warn({ error: driverMessage(error), count: orphans.length }, words)
    })
  }

  const putBackLater = (busy: readonly PendingReserve[]): void => {
    paused++
    setTimeout(() => {
      paused--
      queue.putBack(busy)
      wake()
    }, BUSY_PAUSE_MS)
  }

  /** Answers reserves whose key is in use, with the reservation stored for it. Returns those whose key is free after all. */
  const answerKeyed = async (keyed: readonly PendingReserve[]): Promise<PendingReserve[]> => {
    const keys = keyed.flatMap((reserve) => reserve.idempotencyKey ?? [])
    const standing = await readKeyed(ground, keys)
    const expired = keys.filter((key) => standing.get(key)?.expired)
    if (expired.length > 0) await freeExpiredKeys(ground, expired)
    const free: PendingReserve[] = []
    for (const reserve of keyed) {
      const found = standing.get(reserve.idempotencyKey ?? '')
      if (!found || found.expired) free.push(reserve)
      else if (found.hash === reserve.hash)
        resolve(reserve, { ...found.reservation, contactId: reserve.contactId })
      else {
        const message =
          'This idempotencyKey was used in the last 24 hours with other input. Use a new key for a new message.'
        reject(reserve, new FleetError('CONFLICT', message))
      }
    }
    return free
  }

  /** Refuses reserves, except those that repeat one that was granted before the fleet was full. */
  const refuse = async (refused: { reserve: PendingReserve; error: FleetError }[]): Promise<void> => {
    const repeats = refused
      .filter(({ reserve }) => reserve.idempotencyKey !== null)
      .map(({ reserve }) => reserve)
    if (repeats.length > 0) await answerKeyed(repeats)
    for (const { reserve, error } of refused) reject(reserve, error)
  }

  const fail = (batch: readonly PendingReserve[], error: unknown): void => {
    // What this process thinks it took may never have been counted.
    snapshot.invalidate()
    for (const reserve of batch) if (reserve.contact !== null) preferences.forget(reserve.contact)
    const gone = error instanceof DatabaseError && error.isUnavailable
    if (!gone && batch.length > 1) {
      // One reserve may make the statement fail for all: each is sent alone, and only the one at fault is refused.
      for (const reserve of batch) reserve.goesAlone = true
      queue.putBack(batch)
      return
    }
    const failure = isBadValue(error)
      ? new FleetError('INVALID_INPUT', 'The database cannot store a value of this call.', { cause: error })
      : toFleetError(error)
    for (const reserve of batch) reject(reserve, failure)
    const details = { error: driverMessage(error), code: failure.code, reserves: batch.length }
    log.error(details, 'a batch of reserves failed')
    // Reserves behind it would fail in the same way: they are refused now rather than at the deadline.
    if (gone) queue.rejectAll(failure)
  }

  return {
    snapshot,
    figures: () => ({ waiting: queue.size() + waiting.length }),
    submit(reserve) {
      if (stopped) {
        return reject(
          reserve,
          new FleetError('OVERLOADED', 'This process is stopping. Try again; another will answer.'),
        )
      }
      queue.add(reserve)
      wake()
    },
    async stop() {
      stopped = true
      while (sending || inFlight.count() > 0 || queue.size() > 0 || paused > 0)
        await new Promise((next) => setTimeout(next, 2))
      queue.stopWatch()
    },
  }
}
