import pLimit, { type LimitFunction } from 'p-limit'
import { type SharedFor, shareFor } from '../ground/share-for.ts'

/**
 * So many numbers that fall by hints within so short a time may be Evolution's restart: a full round, which reads all of
 * them, decides.
 */
const CROWD = 5
const CROWD_WITHIN_MS = 5_000
/** How many instances are read on Evolution at the same time. */
export const READINGS_AT_A_TIME = 20
/** How often unknown names may cause a reading of the names, however many arrive. */
const NAMES_EVERY_MS = 1_000

/** Instances that fall at about the same time. */
export type Crowd = { join(name: string): void; isCrowded(): boolean }

/** The hints that one process follows. */
export type Hints = {
  /**
   * Runs `follow` unless it runs for this instance already; then the `isAgain` of that run returns true once more. `follow`
   * must not throw.
   */
  start(name: string, follow: (isAgain: () => boolean) => Promise<void>): void
  /** Waits until every hint given so far was followed. */
  idle(): Promise<void>
  readonly crowd: Crowd
  /** Readings of all hints share it. */
  readonly limit: LimitFunction
  /** Reads the names of the fleet, at most once a second. */
  readonly names: SharedFor<unknown>
}

export function createHints(): Hints {
  const again = new Map<string, boolean>()
  const running = new Set<Promise<void>>()
  const isAgain = (name: string): boolean => {
    const isHinted = again.get(name) === true
    again.set(name, false)
    return isHinted
  }
  return {
    start(name, follow) {
      if (again.has(name)) {
        again.set(name, true)
        return
      }
      again.set(name, false)
      const run = follow(() => isAgain(name)).finally(() => {
        again.delete(name)
        running.delete(run)
      })
      running.add(run)
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
    crowd: createCrowd(),
    limit: pLimit(READINGS_AT_A_TIME),
    names: shareFor(NAMES_EVERY_MS),
  }
}

function createCrowd(): Crowd {
  const fellAtMs = new Map<string, number>()
  return {
    join: (name) => void fellAtMs.set(name, performance.now()),
    isCrowded() {
      for (const [name, atMs] of fellAtMs)
        if (performance.now() - atMs > CROWD_WITHIN_MS) fellAtMs.delete(name)
      return fellAtMs.size >= CROWD
    },
  }
}
