import type { Fleet } from '../fleet/fleet.ts'
import { healthRound } from './check-instances.ts'
import type { HealthSummary } from './health.ts'

const SHARED_FOR_MS = 5_000
const rounds = new WeakMap<Fleet['sql'], { startedAtMs: number; answer: Promise<HealthSummary> }>()

/** A live round for whoever asks without a key: at most one per 5 s however many callers; later ones get the last. */
export function sharedRound(fleet: Fleet): Promise<HealthSummary> {
  const last = rounds.get(fleet.sql)
  if (last && performance.now() - last.startedAtMs < SHARED_FOR_MS) return last.answer
  const round = { startedAtMs: performance.now(), answer: healthRound(fleet) }
  rounds.set(fleet.sql, round)
  // A failed round is not shared with those who come later.
  round.answer.catch(() => rounds.delete(fleet.sql))
  return round.answer
}
