import { type SharedFor, shareFor } from '../ground/share-for.ts'

/** How often unknown names may cause a reading of the names, however many arrive. */
const NAMES_EVERY_MS = 1_000

/** The hints that one process follows. */
export type Hints = {
  /**
   * Runs `follow` unless it runs for this instance already; then the `isAgain` of that run returns true once more. `follow`
   * must not throw.
   */
  start(name: string, follow: (isAgain: () => boolean) => Promise<void>): void
  /** Waits until every hint given so far was followed. */
  idle(): Promise<void>
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
    names: shareFor(NAMES_EVERY_MS),
  }
}
