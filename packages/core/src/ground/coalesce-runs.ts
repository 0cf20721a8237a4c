/** Runs that never overlap, each of which began after the calls that it answers. */
export type CoalescedRuns<Result> = {
  /**
   * Starts `work` when nothing runs. A call during a run waits for one more run after it, which all calls of that time
   * share: the `work` of the first of them.
   */
  run(work: () => Promise<Result>): Promise<Result>
  /** Resolves when no run is left. */
  idle(): Promise<void>
}

/**
 * @param restMs how long a run waits before it starts, in milliseconds; calls meanwhile share it. `isQueued`: it waited for
 * another run. Default 0
 */
export function coalesceRuns<Result>({
  restMs = () => 0,
}: {
  restMs?: (isQueued: boolean) => number
} = {}): CoalescedRuns<Result> {
  let running: Promise<Result> | null = null
  let next: Promise<Result> | null = null

  const start = (work: () => Promise<Result>): Promise<Result> => {
    const run = work().finally(() => {
      if (running === run) running = null
    })
    running = run
    return run
  }
  const startLater = async (work: () => Promise<Result>): Promise<Result> => {
    const isQueued = running !== null
    await running?.catch(() => {})
    const ms = restMs(isQueued)
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    next = null
    return start(work)
  }

  return {
    run(work) {
      if (next !== null) return next
      if (running === null && restMs(false) <= 0) return start(work)
      next = startLater(work)
      return next
    },
    async idle() {
      while (running !== null || next !== null) await Promise.allSettled([running, next])
    },
  }
}
