import { idsOfKey } from '../contact/contact-ids.ts'
import { BLOCKED, contactBlocked, MOST_STEPS, nextKey } from '../contact/contact-state.ts'
import { readAcquaintances } from '../contact/conversations.ts'
import type { KindCache } from '../contact/kind-cache.ts'
import type { PreferenceCache } from '../contact/preference-cache.ts'
import { DatabaseError, driverMessage, isBadValue, toFleetError } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { isAvailable } from '../selection/candidate.ts'
import { serverIn } from '../selection/pools.ts'
import { NO_ACQUAINTANCE } from '../selection/recipient.ts'
import { strategies } from '../selection/strategies.ts'
import { type Claimed, claimedOne, createClaim } from './claim.ts'
import { createClaimOne } from './claim-one.ts'
import { granted } from './granted.ts'
import { freeExpiredKeys, isSameInput, readKeyed } from './idempotency-keys.ts'
import { createInFlight } from './in-flight.ts'
import type { PendingReserve } from './pending-reserve.ts'
import { type Fresh, mayShareBatch, type Pick, type Ranking, rank } from './rank.ts'
import { type ReserveQueue, reserveQueue } from './reserve-queue.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'

export type EngineOptions = {
  preferences: PreferenceCache
  kinds: KindCache
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
/** Then the others keep the database busy, and a claim that is twice as large costs less than two. */
const MAX_IN_FLIGHT_BESIDE_OTHERS = 1
/** From so many on, what waits for an idle database is sent in two halves, so that the two sides work at once. */
const HALVE_FROM = 16
/** How long a reserve waits whose contact's row another transaction holds: a retry at once would only spin. */
const BUSY_PAUSE_MS = 10

/**
 * The engine of `reserve`. Waiting reserves are sent together: each batch is ranked over the fleet in memory and claimed by
 * one statement. Two batches are in flight on one pipelined connection: while the database runs the first, this process
 * prepares the second and answers the one before. While other processes claim too, it is one. A reserve that was not granted goes first into the next batch, with
 * fresher data; `NO_CAPACITY` is returned only after a fresh reading has no room left.
 */
export class Engine {
  readonly snapshot: Snapshot
  readonly #ground: Ground
  readonly #preferences: PreferenceCache
  readonly #kinds: KindCache
  readonly #release: EngineOptions['release']
  readonly #onBatch: EngineOptions['onBatch']
  readonly #maxBatch: number
  readonly #queue: ReserveQueue
  readonly #inFlight = createInFlight()
  readonly #one: ReturnType<typeof createClaimOne>
  readonly #claim: ReturnType<typeof createClaim>
  /** Reserves that wait for a claim in flight, or for a pause. */
  #waiting: PendingReserve[] = []
  #paused = 0
  #sending = false
  #stopped = false

  constructor(ground: Ground, options: EngineOptions) {
    this.#ground = ground
    this.#preferences = options.preferences
    this.#kinds = options.kinds
    this.#release = options.release
    this.#onBatch = options.onBatch
    this.#maxBatch = options.maxBatch ?? MAX_BATCH
    this.#queue = reserveQueue(options.maxWaiting ?? MAX_WAITING)
    this.snapshot = createSnapshot(ground, this.#inFlight.seats)
    this.#one = createClaimOne(ground)
    this.#claim = createClaim(ground, this.#one)
  }

  /** Queues a reserve; its `resolve` or `reject` is called exactly once, at its deadline at the latest. */
  submit(reserve: PendingReserve): void {
    if (this.#stopped) {
      const message = 'This process is stopping. Try again; another will answer.'
      this.#queue.reject(reserve, new FleetError('OVERLOADED', message))
      return
    }
    this.#queue.add(reserve)
    this.#wake()
  }

  /** Refuses new reserves and waits for those that are here. */
  async stop(): Promise<void> {
    this.#stopped = true
    while (this.#sending || this.#inFlight.count() > 0 || this.#queue.size() > 0 || this.#paused > 0)
      await new Promise((next) => setTimeout(next, 2))
    this.#queue.stopWatch()
  }

  /** For metrics: the reserves that wait in this process now. */
  figures(): { waiting: number } {
    return { waiting: this.#queue.size() + this.#waiting.length }
  }

  /** Sends batches while there are reserves and room in the pipeline. */
  async #send(): Promise<void> {
    while (this.#queue.size() > 0 && this.#inFlight.count() < this.#maxInFlight()) {
      const halve =
        this.#inFlight.count() === 0 && this.#queue.size() >= HALVE_FROM && this.#maxInFlight() > 1
      const batch = this.#queue.takeBatch(
        halve ? Math.min(this.#maxBatch, Math.ceil(this.#queue.size() / 2)) : this.#maxBatch,
        this.#inFlight.mustWait,
      )
      if (batch.length === 0) break
      try {
        if (!(await this.#claimOwn(batch))) {
          const ranking = await this.#prepare(batch)
          if (ranking.picks.length > 0) void this.#claimBatch(ranking.picks)
          for (const reserve of ranking.later) if (reserve.mustRead === null) this.#waiting.push(reserve)
          this.#queue.putBack(ranking.later.filter((reserve) => reserve.mustRead !== null))
        }
      } catch (error) {
        this.#fail(batch, error)
      }
      // The claim that they wait for may have ended while the last of the batch was refused: then no answer would requeue them.
      if (this.#inFlight.count() === 0) this.#requeueWaiting()
    }
    this.#sending = false
  }

  #maxInFlight(): number {
    return this.#ground.sql.othersClaim() ? MAX_IN_FLIGHT_BESIDE_OTHERS : MAX_IN_FLIGHT
  }

  #requeueWaiting(): void {
    this.#queue.putBack(this.#waiting)
    this.#waiting = []
  }

  /** In the next turn of the event loop, so that all reserves of this turn go together. */
  #wake(): void {
    if (this.#sending || this.#queue.size() === 0 || this.#inFlight.count() >= this.#maxInFlight()) return
    this.#sending = true
    setImmediate(() => void this.#send())
  }

  /**
   * Serves a single reserve whose contact is not cached by the number that the contact has. When that number cannot send,
   * the reserve is ranked like any other, and the contact is in the cache.
   */
  async #claimOwn(batch: readonly PendingReserve[]): Promise<boolean> {
    const [reserve] = batch
    if (
      !reserve ||
      batch.length > 1 ||
      reserve.contact === null ||
      reserve.idempotencyKey !== null ||
      reserve.pool !== null ||
      reserve.exclude
    )
      return false
    if (!strategies[reserve.strategy].followsPreference || this.#preferences.has(reserve.contact))
      return false
    await this.snapshot.ready()
    const since = this.#kinds.drops
    const startedAtMs = performance.now()
    const { present, state, seat } = await this.#one.own(reserve)
    this.#onBatch?.(1, performance.now() - startedAtMs)
    if (state === null) this.#preferences.set(reserve.contact, present, since)
    if (!seat) return false
    const { name } = seat.candidate
    const pick: Pick = {
      reserve,
      instance: name,
      place: 1,
      expected: name,
      inherits: false,
      moves: false,
      leaves: null,
      outcome: 'kept',
      kind: null,
      isLimited: false,
      isBudgeted: false,
      isPaced: false,
      isCounting: false,
      isNew: false,
      isProbe: false,
    }
    await this.#answer([pick], claimedOne(seat), since)
    return true
  }

  /**
   * Reads the numbers of contacts that are not cached. Refuses those that are blocked, and follows ids to the contacts that they are
   * ids of. Returns the reserves that may be ranked together.
   */
  async #readContacts(reserves: readonly PendingReserve[]): Promise<readonly PendingReserve[]> {
    let batch = reserves
    let isFollowed = false
    for (let step = 1; step <= MOST_STEPS; step++) {
      const states = await this.#preferences.read(batch)
      if (states.size === 0) return isFollowed ? this.#withoutClashes(batch) : batch
      const stateOf = (reserve: PendingReserve): string | null =>
        states.get(reserve.contact ?? '')?.state ?? null
      const blocked = batch.filter((reserve) => stateOf(reserve) === BLOCKED)
      await this.#refuse(blocked.map((reserve) => ({ reserve, error: contactBlocked() })))
      batch = batch.filter((reserve) => stateOf(reserve) !== BLOCKED)
      for (const reserve of batch) {
        const key = nextKey(stateOf(reserve), reserve.contact ?? '', reserve.contactId ?? '')
        if (key === null) continue
        isFollowed = true
        const { client, clients } = idsOfKey(this.#ground, key)
        reserve.contact = key
        reserve.client = client
        reserve.clients = clients
      }
    }
    // An operator changed the ids of a contact in every step: the next batch reads again.
    this.#waiting.push(...batch)
    return []
  }

  /** The reserves of a batch whose contacts were found late; those that another of the batch or a claim in flight forbids wait. */
  #withoutClashes(batch: readonly PendingReserve[]): PendingReserve[] {
    const first = new Map<string, PendingReserve>()
    return batch.filter((reserve) => {
      if (reserve.contact === null) return true
      const same = first.get(reserve.contact)
      if (!same) first.set(reserve.contact, reserve)
      if (!this.#inFlight.mustWait(reserve) && (!same || mayShareBatch(same, reserve))) return true
      this.#waiting.push(reserve)
      return false
    })
  }

  /** Reads what the batch needs to have read, and ranks it. */
  async #prepare(reserves: readonly PendingReserve[]): Promise<Ranking> {
    const needs = new Set<string>()
    for (const reserve of reserves) if (reserve.mustRead !== null) needs.add(reserve.mustRead)
    // A refusal is about the contact's own number, and no claim compares that with the stored one.
    for (const { contact, pool, fallback, mustRead } of reserves)
      if (contact !== null && mustRead !== null && fallback === 'refuse')
        this.#preferences.forget(contact, pool)
    // Contacts first: between the reading of the fleet and the ranking no older result may come in.
    const batch = await this.#readContacts(reserves)
    const fresh: Fresh = { fleet: needs.has('*'), names: needs }
    if (fresh.fleet) fresh.older = await this.snapshot.refresh()
    else {
      await this.snapshot.ready()
      if (needs.size > 0) await this.snapshot.refreshNames([...needs])
    }
    const selective = this.snapshot.pools.all.selective()
    const acquaintances =
      selective.size === 0
        ? null
        : await readAcquaintances(
            this.#ground,
            batch.flatMap((reserve) => (this.#isServedByOwn(reserve) ? [] : (reserve.contact ?? []))),
            selective,
          )
    const ranking = rank(
      batch,
      this.snapshot.pools,
      this.#preferences.get,
      fresh,
      this.snapshot.ends(),
      this.snapshot.nowMs(),
      this.#inFlight.seats,
      {
        acquaintance: (contact) => acquaintances?.get(contact) ?? NO_ACQUAINTANCE,
        kindOf: this.#kinds.get,
      },
    )
    if (ranking.refused.length > 0) await this.#refuse(ranking.refused)
    return ranking
  }

  /** Whether the contact's own number serves it whatever its conversations are. */
  #isServedByOwn({ contact, pool, strategy, exclude, wasDenied }: PendingReserve): boolean {
    if (wasDenied || contact === null || !strategies[strategy].followsPreference) return false
    const { instance } = this.#preferences.get(contact, pool)
    const own = instance === null ? undefined : this.snapshot.pools.of(pool).get(instance)
    return own !== undefined && !exclude?.has(own.name) && isAvailable(own)
  }

  /** One claim, from sending to answers. Never throws. */
  async #claimBatch(picks: readonly Pick[]): Promise<void> {
    this.#inFlight.start(picks)
    this.snapshot.keep(picks.map((pick) => pick.instance))
    const since = this.#kinds.drops
    const startedAtMs = performance.now()
    try {
      const claimed = await this.#claim(picks).finally(() => this.#inFlight.end(picks))
      await this.#answer(picks, claimed, since)
    } catch (error) {
      this.#fail(
        picks.map((pick) => pick.reserve),
        error,
      )
    }
    this.#onBatch?.(picks.length, performance.now() - startedAtMs)
    this.#requeueWaiting()
    this.#wake()
  }

  async #answer(picks: readonly Pick[], claimed: Claimed, since: number): Promise<void> {
    const again: PendingReserve[] = []
    const busy: PendingReserve[] = []
    const keyed: PendingReserve[] = []
    const orphans: string[] = []
    const reservedAt = claimed.at.toISOString()
    const left = new Map<string, number>()
    const serverOf = (name: string): string => serverIn(this.snapshot.pools, name)
    for (const [index, pick] of picks.entries()) {
      left.set(pick.instance, (left.get(pick.instance) ?? 0) + (claimed.denied.has(index) ? 0 : 1))
    }
    for (const [index, pick] of picks.entries()) {
      const { reserve } = pick
      const denial = claimed.denied.get(index)
      reserve.mustRead = null
      if (denial) {
        if (denial.why === 'stale' && reserve.contact !== null) {
          if (denial.state === null && reserve.pool === null)
            this.#preferences.set(reserve.contact, denial.present, since)
          else this.#preferences.forget(reserve.contact, reserve.pool)
          // Another process served the contact, or its row changed otherwise.
          this.#kinds.forget(reserve.contact)
        }
        reserve.wasDenied ||= denial.why === 'full'
        const next = { key: keyed, busy, stale: again, full: again }[denial.why]
        next.push(reserve)
        continue
      }
      if (pick.moves && reserve.contact !== null)
        this.#preferences.set(reserve.contact, pick.instance, since, reserve.pool)
      // The first of several grants on one instance still had the later ones' seats before it.
      const after = (left.get(pick.instance) ?? 1) - 1
      left.set(pick.instance, after)
      const read = claimed.kinds.get(index)
      const kind = reserve.contact === null ? null : (read ?? pick.kind)
      if (reserve.contact !== null && kind !== null && (read !== undefined || kind === 'new'))
        this.#kinds.set(reserve.contact, pick.instance, kind, since)
      if (!reserve.isAnswered)
        this.#queue.resolve(
          reserve,
          granted(pick, kind, claimed, reservedAt, after, claimed.slots.get(index), serverOf(pick.instance)),
        )
      // With a key its caller can repeat the call; without one the seat would stay counted.
      else if (reserve.idempotencyKey === null) orphans.push(reserve.id)
    }
    for (const name of left.keys()) if (!claimed.seats.has(name)) this.snapshot.pools.forget(name)
    const { pools } = this.snapshot
    const lastSentAtMs = (name: string): number => pools.all.get(name)?.lastSentAtMs ?? 0
    pools.update([...this.#inFlight.withSeats(claimed.seats.values(), lastSentAtMs)])
    this.snapshot.keep(claimed.seats.keys())
    if (orphans.length > 0) this.#giveBack(orphans)
    if (busy.length > 0) this.#putBackLater(busy)
    this.#queue.putBack(again)
    if (keyed.length > 0) this.#queue.putBack(await this.#answerKeyed(keyed))
  }

  #giveBack(orphans: string[]): void {
    this.#release(orphans).catch((error) => {
      const words = 'seats of callers that had gone stay counted: they could not be given back'
      this.#ground.log.warn({ error: driverMessage(error), count: orphans.length }, words)
    })
  }

  #putBackLater(busy: readonly PendingReserve[]): void {
    this.#paused++
    setTimeout(() => {
      this.#paused--
      this.#queue.putBack(busy)
      this.#wake()
    }, BUSY_PAUSE_MS)
  }

  /** Answers reserves whose key is in use, with the reservation stored for it. Returns those whose key is free after all. */
  async #answerKeyed(keyed: readonly PendingReserve[]): Promise<PendingReserve[]> {
    const keys = keyed.flatMap((reserve) => reserve.idempotencyKey ?? [])
    const stored = await readKeyed(this.#ground, keys)
    // The claim of another process is seen before it is on the disk.
    if (stored.size > 0) await this.#ground.sql.flush()
    const expired = keys.filter((key) => stored.get(key) === null)
    if (expired.length > 0) await freeExpiredKeys(this.#ground, expired)
    const free: PendingReserve[] = []
    for (const reserve of keyed) {
      const found = stored.get(reserve.idempotencyKey ?? '')
      if (!found) free.push(reserve)
      else if (isSameInput(reserve, found))
        this.#queue.resolve(reserve, { ...found.reservation, contactId: reserve.contactId })
      else {
        const message =
          'This idempotencyKey was used in the last 24 hours with other input. Use a new key for a new message.'
        this.#queue.reject(reserve, new FleetError('CONFLICT', message))
      }
    }
    return free
  }

  /** Refuses reserves, except those that repeat one that was granted before the fleet was full. */
  async #refuse(refused: { reserve: PendingReserve; error: FleetError }[]): Promise<void> {
    const repeats = refused
      .filter(({ reserve }) => reserve.idempotencyKey !== null)
      .map(({ reserve }) => reserve)
    if (repeats.length > 0) await this.#answerKeyed(repeats)
    for (const { reserve, error } of refused) this.#queue.reject(reserve, error)
  }

  #fail(batch: readonly PendingReserve[], error: unknown): void {
    // What this process thinks it took may never have been counted.
    this.snapshot.invalidate()
    for (const { contact, pool } of batch) if (contact !== null) this.#preferences.forget(contact, pool)
    const gone = error instanceof DatabaseError && error.isUnavailable
    if (!gone && batch.length > 1) {
      // One reserve may make the statement fail for all: each is sent alone, and only the one at fault is refused.
      for (const reserve of batch) reserve.goesAlone = true
      this.#queue.putBack(batch)
      return
    }
    const failure = isBadValue(error)
      ? new FleetError('INVALID_INPUT', 'The database cannot store a value of this call.', { cause: error })
      : toFleetError(error)
    for (const reserve of batch) this.#queue.reject(reserve, failure)
    const details = { error: driverMessage(error), code: failure.code, reserves: batch.length }
    this.#ground.log.error(details, 'a batch of reserves failed')
    // Reserves behind it would fail in the same way: they are refused now rather than at the deadline.
    if (gone) this.#queue.rejectAll(failure)
  }
}
