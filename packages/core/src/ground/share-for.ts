import type { Fleet } from '../fleet/fleet.ts'

/**
 * Makes a function that shares its answer: a call within `forMs` of the begin of a run gets the answer of that run. A run that
 * fails is not shared with later calls.
 */
export function shareFor<Shared extends Pick<Fleet, 'sql'>, Result>(
  forMs: number,
  run: (fleet: Shared) => Promise<Result>,
): (fleet: Shared) => Promise<Result> {
  const runs = new WeakMap<Fleet['sql'], { begunAtMs: number; answer: Promise<Result> }>()
  return (fleet) => {
    const last = runs.get(fleet.sql)
    if (last && performance.now() - last.begunAtMs < forMs) return last.answer
    const present = { begunAtMs: performance.now(), answer: run(fleet) }
    runs.set(fleet.sql, present)
    present.answer.catch(() => {
      if (runs.get(fleet.sql) === present) runs.delete(fleet.sql)
    })
    return present.answer
  }
}
