/** Timers that can be ended together, all of them or by group, so that close never waits for one. */
export type Timers = {
  /** Calls `act` after `ms` (for 0, on the next turn of the event loop). The returned function cancels it. */
  after(ms: number, act: () => void, group?: TimerGroup): () => void
  /** Resolves after `ms`; never resolves when the timers were cleared. */
  pause(ms: number): Promise<void>
  /** Cancels every timer of one group. */
  clear(group: TimerGroup): void
  /** Cancels everything. Later timers are ignored. */
  end(): void
}

/** Timers that belong together, for example those of one connection. */
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
