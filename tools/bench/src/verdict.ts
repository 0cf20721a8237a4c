import type { ContestantName, Goal, Measure } from './goals.ts'
import { type Measured, median } from './measured.ts'

/** The results of all contestants in one round. */
export type Round = ReadonlyMap<ContestantName, Measured>

/** A goal and its measurement. `ratio` is the median over rounds, of a goal without peers that of its figure. */
export type Verdict = { goal: Goal } & (
  | { outcome: 'met' | 'NOT MET'; ratio: number; min: number; max: number; moonshotReached: boolean | null }
  | { outcome: 'not measured'; why: string }
)

/**
 * The verdict on a goal, by the median of its per-round ratios. `absent` has the reason for each contestant that
 * could not run; a goal whose every peer is absent is neither met nor missed.
 */
export function judge(
  goal: Goal,
  rounds: readonly Round[],
  absent: ReadonlyMap<ContestantName, string> = new Map(),
): Verdict {
  const ratios = rounds.flatMap((round) => ratioOf(goal, round) ?? [])
  const ratio = median(ratios)
  if (Number.isNaN(ratio)) {
    const reason = [goal.ours, ...goal.peers].flatMap((name) => absent.get(name) ?? [])[0]
    return { goal, outcome: 'not measured', why: reason ?? 'calls failed in every round' }
  }
  const reaches = (aim: number): boolean => (goal.sense === 'at least' ? ratio >= aim : ratio <= aim)
  return {
    goal,
    outcome: reaches(goal.aim) ? 'met' : 'NOT MET',
    ratio,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    moonshotReached: goal.moonshot === null ? null : reaches(goal.moonshot),
  }
}

function figureOf(measure: Measure, measured: Measured): number | null | undefined {
  switch (measure) {
    case 'perSecond':
    case 'p50Ms':
      return measured[measure]
    case 'processUs':
      return measured.cost?.processUs
    default:
      return measured.idle?.[measure]
  }
}

/** A peer with failed calls would favour zapfleet, so its stretch is left out; zapfleet counts with its successful calls. */
function ratioOf(goal: Goal, round: Round): number | null {
  const read = (name: ContestantName): number[] => {
    const measured = round.get(name)
    const value = measured && figureOf(goal.measure, measured)
    return measured && measured.calls > 0 && value ? [value] : []
  }
  const [ours] = read(goal.ours)
  if (goal.peers.length === 0) return ours ?? null
  const peers = goal.peers.filter((name) => round.get(name)?.errors === 0).flatMap(read)
  if (ours === undefined || peers.length === 0) return null
  return ours / (goal.measure === 'perSecond' ? Math.max(...peers) : Math.min(...peers))
}
