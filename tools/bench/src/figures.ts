import type { ContestantName } from './goals.ts'
import { type Cost, type Measured, median, medianCost } from './measured.ts'
import type { Round } from './verdict.ts'

/** What a contestant did, and what one of its calls used: medians over the rounds. */
export type ContestantFigures = {
  name: ContestantName
  perSecond: number
  /** Null where the program that drives does not report it. */
  p50Ms: number | null
  /** Null where it cannot be read. */
  cost: Cost | null
}

/** The figures of all contestants, in the order of the rounds. */
export function figuresOf(rounds: readonly Round[]): ContestantFigures[] {
  return [...(rounds[0]?.keys() ?? [])].map((name) => {
    const all = stretchesOf(rounds, name)
    const times = all.flatMap(({ p50Ms }) => p50Ms ?? [])
    return {
      name,
      perSecond: median(all.map(({ perSecond }) => perSecond)),
      p50Ms: times.length > 0 ? median(times) : null,
      cost: medianCost(all.flatMap(({ cost }) => cost ?? [])) ?? null,
    }
  })
}

/** What a contestant did in each round. */
export function stretchesOf(rounds: readonly Round[], name: ContestantName): Measured[] {
  return rounds.flatMap((round) => round.get(name) ?? [])
}

/** The names of the columns of `figureCells`. */
export const FIGURES = ['calls/s', 'p50 ms', 'process µs', 'database µs', 'both µs', 'log bytes'] as const

/** The texts of the figures: the rate, the median time, the cost of one call. */
export function figureCells({ perSecond, p50Ms, cost }: ContestantFigures): string[] {
  return [
    // A health round takes seconds.
    perSecond.toFixed(perSecond < 10 ? 2 : 0),
    p50Ms?.toFixed(2) ?? '',
    cost?.processUs.toFixed(1) ?? '',
    cost?.databaseUs?.toFixed(1) ?? '',
    cost?.databaseUs == null ? '' : (cost.processUs + cost.databaseUs).toFixed(1),
    cost?.walBytes.toFixed(0) ?? '',
  ]
}

/** The table for the terminal: a line for each contestant. */
export function figureTable(rounds: readonly Round[]): string {
  const line = (name: string, cells: readonly string[]): string =>
    `   ${name.padEnd(46)}${cells.map((cell) => cell.padStart(12)).join('')}`.trimEnd()
  return [
    'Each contestant: its rate, and processor time and log of one call; medians',
    line('', FIGURES),
    ...figuresOf(rounds).map((figures) => line(figures.name, figureCells(figures))),
  ].join('\n')
}
