import { type FleetCall, finishDueLeftovers, finishMoves, finishRemovals } from '@zapfleet/core'

/** Finishes deletes and moves that did not end. */
export type Finisher = {
  /** Starts a run, unless one is not over or `signal` has aborted. Never throws: what failed is logged, and the next run tries again. */
  start(call: FleetCall, signal: AbortSignal): void
  /** Waits for the run that is not over; never rejects. */
  idle(): Promise<void>
}

/** For one scheduler. Its runs are beside the health rounds, since one delete may take Evolution ten seconds. */
export function openFinisher(): Finisher {
  let running: Promise<unknown> | null = null
  return {
    start(call, signal) {
      if (running !== null || signal.aborted) return
      running = finish(call, signal).finally(() => {
        running = null
      })
    },
    async idle() {
      await running
    },
  }
}

async function finish(call: FleetCall, signal: AbortSignal): Promise<void> {
  const attempt = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error) => {
      if (!signal.aborted) call.log.warn({ err: error }, 'deletes and moves could not be finished')
    })
  const several = async (): Promise<void> => {
    if ((await call.fleet.servers.list()).length < 2) return
    await Promise.all([attempt(finishMoves(call)), attempt(finishDueLeftovers(call))])
  }
  await Promise.all([attempt(finishRemovals(call)), attempt(several())])
}
