import { type FleetStats, isDayNearlyFull } from '@zapfleet/core'

/** How the fleet is, the worst first. */
export const VERDICTS = ['critical', 'degraded', 'warning', 'healthy'] as const
export type Verdict = (typeof VERDICTS)[number]

type Figures = Pick<FleetStats, 'total' | 'byStatus' | 'day'>

/** What decides the verdict; all hold exactly when it is `healthy`. */
export type Checks = {
  /** At least one number is online, and at least half of all. */
  instancias: boolean
  /** At most 80 % of the day's capacity of the online numbers is used. */
  capacidade: boolean
}

/**
 * The verdict of `GET /dashboard/health`, the first that applies: `critical` when no number is online, `degraded` when under half are,
 * `warning` when over 80 % of the day's capacity is used, else `healthy`.
 *
 * Every number that was not removed counts, paused and banned ones too. Online is the status `connected`, also of a number that is
 * paused. Capacity is that of online numbers, as in `fleet.stats`.
 */
export function verdictOf(figures: Figures): Verdict {
  const { instancias, capacidade } = checksOf(figures)
  if (figures.byStatus.connected === 0) return 'critical'
  if (!instancias) return 'degraded'
  return capacidade ? 'healthy' : 'warning'
}

/** The checks behind the verdict. */
export function checksOf({ total, byStatus: { connected }, day }: Figures): Checks {
  return {
    instancias: connected > 0 && connected * 2 >= total,
    capacidade: !isDayNearlyFull({ capacity: day.capacity, used: day.capacity - day.remaining }),
  }
}
