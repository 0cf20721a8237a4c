import type { Fleet } from '../fleet/fleet.ts'

type Behind = { ending: AbortController; underWay: Set<Promise<void>> }

const behindOf = new WeakMap<Fleet['sql'], Behind>()

function behind(fleet: Pick<Fleet, 'sql'>): Behind {
  const known = behindOf.get(fleet.sql) ?? { ending: new AbortController(), underWay: new Set() }
  behindOf.set(fleet.sql, known)
  return known
}

/**
 * Starts work for which its caller does not wait. What it throws is logged under `what`. It has to end soon after `signal`
 * aborts, which happens when the fleet closes; from then on nothing is started.
 */
export function runBehind(
  fleet: Pick<Fleet, 'sql' | 'log'>,
  what: string,
  work: (signal: AbortSignal) => Promise<void>,
): void {
  const { ending, underWay } = behind(fleet)
  const { signal } = ending
  if (signal.aborted) return
  const run = work(signal)
    .catch((error: unknown) => {
      if (!signal.aborted) fleet.log.warn({ err: error }, what)
    })
    .finally(() => underWay.delete(run))
  underWay.add(run)
}

/** Ends all such work, and waits until it has ended. */
export async function endBehind(fleet: Pick<Fleet, 'sql'>): Promise<void> {
  const { ending, underWay } = behind(fleet)
  ending.abort()
  await Promise.all(underWay)
}
