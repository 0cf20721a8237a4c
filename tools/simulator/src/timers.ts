/** Timers that can all be ended at once, alone or by group, so that closing never waits for one. */
export type Timers = {
  /** Runs `act` after `ms` (at once on the next turn for 0). The answer cancels it. */
  after(ms: number, act: () => void, group?: TimerGroup): () => void
  /** Resolves after `ms`; never resolves once the timers were cleared. */
  pause(ms: number): Promise<void>
  /** Cancels every timer of one group. */
  clear(group: TimerGroup): void
  /** Cancels everything. Later timers are refused silently. */
  end(): void
}

/** Timers that belong together, as those of one line. */
export type TimerGroup = Set<NodeJS.Timeout>

/** Makes an empty set of timers. */
export function createTimers(): Timers {
  const all: TimerGroup = new Set()
  let ended = false

  function after(ms: number, act: () => void, group?: TimerGroup): () => void {
    if (ended) return () => {}
    const forget = () => {
      clearTimeout(timer)
      all.delete(timer)
      group?.delete(timer)
    }
    const timer = setTimeout(() => {
      forget()
      act()
    }, ms)
    all.add(timer)
    group?.add(timer)
    return forget
  }

  function clear(group: TimerGroup): void {
    for (const timer of group) {
      clearTimeout(timer)
      all.delete(timer)
    }
    group.clear()
  }

  return {
    after,
    pause: (ms) => new Promise((resolve) => after(ms, resolve)),
    clear,
    end() {
      ended = true
      clear(all)
    },
  }
}
