import { setTimeout as sleep } from 'node:timers/promises'
import { driverMessage } from '../ground/database-error.ts'
import type { Ground } from '../ground/ground.ts'
import { singleFlight } from '../ground/single-flight.ts'
import type { Waiters } from '../ground/waiters.ts'
import { unavailableReason } from '../instance/availability.ts'
import type { Instance } from '../instance/instance.ts'
import { readFleet } from '../reservation/read-fleet.ts'
import type { CandidateReading } from '../selection/pool.ts'
import { isWaiting } from '../selection/recipient.ts'
import { type Present, readPresent } from './read-present.ts'

const SAMPLE_EVERY_MS = 1_000

/**
 * Changes for one subscriber: instances by name. `upTo` is the position of its next call; `eventId` the newest event that
 * these instances include, null when there was none.
 */
export type CounterChanges = { upTo: number; eventId: bigint | null; instances: readonly Instance[] }

/**
 * The counters of the fleet, read once a second for all subscribers of a process, and only while there are any. Sends do not
 * notify: the hot path would pay for every dashboard.
 */
export type CounterSampler = {
  /** Keeps the sampling going until `leave`, which may be called more than once. */
  join(): () => void
  /** Resolves when there is a sample. Throws what the database throws. */
  ready(): Promise<void>
  /** Where a subscriber that wants no past begins; one that wants all begins at 0. */
  present(): number
  /** Whether anything moved since. */
  hasMoved(seen: number): boolean
  /**
   * The present state of what changed since a position: never older than event `cursor`, which it would otherwise take back.
   * Subscribers at the same position share one reading. @throws FleetError DATABASE_UNAVAILABLE
   */
  since(seen: number, cursor: bigint): Promise<CounterChanges>
}

type Sample = {
  byName: Map<string, { counters: string; movedIn: number }>
  /** Readings under way or done since this sample, by how far their subscribers are. */
  answers: Map<number, Promise<Present>>
}

/** A sampler that has read nothing yet. It wakes the waiters after each sample. */
export function sampleCounters(ground: Ground, waiters: Waiters): CounterSampler {
  let joined = 0
  let sampling = false
  let sample: Sample | null = null
  let round = 0
  const samples = singleFlight<void>()

  const take = async (): Promise<void> => {
    const { candidates: seen, atMs } = await readFleet(ground)
    // The first sample that later ones are compared with must not be older than the first subscriber.
    if (joined === 0) return
    const before = sample?.byName
    const next = round + 1
    let moved = false
    const byName: Sample['byName'] = new Map()
    for (const one of seen) {
      const known = before?.get(one.name)
      const counters = countersOf(one, atMs)
      const same = before !== undefined && (known?.counters ?? BLANK) === counters
      if (!same) moved = true
      byName.set(one.name, { counters, movedIn: same ? (known?.movedIn ?? round) : next })
    }
    if (moved) round = next
    sample = { byName, answers: new Map() }
    waiters.wakeAll()
  }

  const takeOnce = (): Promise<void> => samples.run(take)

  const keepSampling = async (): Promise<void> => {
    if (sampling) return
    sampling = true
    while (joined > 0) {
      const nextAtMs = performance.now() + SAMPLE_EVERY_MS
      await takeOnce().catch((error) => {
        ground.log.debug({ error: driverMessage(error) }, 'counters could not be sampled')
      })
      await sleep(Math.max(0, nextAtMs - performance.now()), undefined, { ref: false })
    }
    sampling = false
  }

  const read = (of: Sample, seen: number): Promise<Present> => {
    const names = [...of.byName].filter(([, { movedIn }]) => movedIn > seen).map(([name]) => name)
    const reading = readPresent(ground, names)
    of.answers.set(seen, reading)
    reading.catch(() => of.answers.delete(seen))
    return reading
  }

  return {
    join() {
      joined++
      keepSampling()
      let here = true
      return () => {
        if (!here) return
        here = false
        joined--
        if (joined === 0) sample = null
      }
    },
    ready: () => (sample === null ? takeOnce() : Promise.resolve()),
    present: () => round,
    hasMoved: (seen) => sample !== null && seen < round,
    async since(seen, cursor) {
      const upTo = round
      const of = sample
      if (of === null || seen >= upTo) return { upTo, eventId: null, instances: [] }
      for (let tried: Promise<Present> | undefined; ; ) {
        const known = of.answers.get(seen)
        const shared = known === tried ? undefined : known
        const reading = shared ?? read(of, seen)
        const { eventId, instances } = await reading
        // A shared one may have begun before this subscriber saw its last event.
        if (!shared || eventId === null || eventId >= cursor) return { upTo, eventId, instances }
        tried = reading
      }
    },
  }
}

/** A number that was just made has these. */
const BLANK = '0 0 0 0 0 false '

/** The counters of an instance, and what another program may change in the table without an event: whether it is available, and its tags. */
function countersOf(seen: CandidateReading, atMs: number): string {
  const isAvailable = unavailableReason(seen) === null && !isWaiting(seen, atMs)
  const { sentThisHour, sentToday, newContactsThisHour, newContactsToday, lastSentAtMs, tags } = seen
  return `${sentThisHour} ${sentToday} ${newContactsThisHour} ${newContactsToday} ${lastSentAtMs} ${isAvailable} ${tags ?? ''}`
}
