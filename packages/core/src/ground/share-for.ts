/** Shares a result for some time. */
export type SharedFor<Result> = {
  /** Starts `work`, or returns the promise of the last run where that began less than `forMs` ago and did not fail. */
  run(work: () => Promise<Result>): Promise<Result>
}

/** @param forMs how long a result is shared, in milliseconds from the begin of its run; Infinity: for good */
export function shareFor<Result>(forMs: number): SharedFor<Result> {
  let last: { begunAtMs: number; result: Promise<Result> } | null = null
  return {
    run(work) {
      if (last !== null && performance.now() - last.begunAtMs < forMs) return last.result
      const present = { begunAtMs: performance.now(), result: work() }
      last = present
      present.result.catch(() => {
        if (last === present) last = null
      })
      return present.result
    },
  }
}
