/** One run at a time: calls that arrive during a run share its result. */
export type SingleFlight<Result> = {
  /** Starts `work`, or returns the promise of the run that is not over. */
  run(work: () => Promise<Result>): Promise<Result>
  /** The run that is not over. */
  current(): Promise<Result> | null
}

export function singleFlight<Result>(): SingleFlight<Result> {
  let running: Promise<Result> | null = null
  return {
    run(work) {
      running ??= work().finally(() => {
        running = null
      })
      return running
    },
    current: () => running,
  }
}

/** The same for each key. */
export type SingleFlights<Result> = {
  run(key: string, work: () => Promise<Result>): Promise<Result>
  /** The keys of the runs that are not over now. */
  keys(): ReadonlySet<string>
  /** Resolves when nothing runs. */
  idle(): Promise<void>
}

export function singleFlights<Result>(): SingleFlights<Result> {
  const running = new Map<string, Promise<Result>>()
  return {
    run(key, work) {
      const known = running.get(key)
      if (known) return known
      const run = work().finally(() => running.delete(key))
      running.set(key, run)
      return run
    },
    keys: () => new Set(running.keys()),
    async idle() {
      while (running.size > 0) await Promise.allSettled(running.values())
    },
  }
}
