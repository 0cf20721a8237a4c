import type { ContestantName } from './goals.ts'
import { type Cost, median } from './measured.ts'
import type { Round } from './verdict.ts'

/** What one call of a contestant used: medians over the rounds. */
export type ContestantCost = Cost & { name: ContestantName }

/** The costs of the contestants that have any, in the order of the rounds. */
export function costsOf(rounds: readonly Round[]): ContestantCost[] {
  return [...(rounds[0]?.keys() ?? [])].flatMap((name): ContestantCost[] => {
    const all = rounds.flatMap((round) => round.get(name)?.cost ?? [])
    if (all.length === 0) return []
    const database = all.flatMap(({ databaseUs }) => databaseUs ?? [])
    return [
      {
        name,
        processUs: median(all.map(({ processUs }) => processUs)),
        databaseUs: database.length > 0 ? median(database) : null,
        walBytes: median(all.map(({ walBytes }) => walBytes)),
      },
    ]
  })
}

/** The texts of a cost: microseconds of the process, of PostgreSQL and of both, and bytes. */
export function costCells({ processUs, databaseUs, walBytes }: Cost): [string, string, string, string] {
  return [
    processUs.toFixed(1),
    databaseUs === null ? '' : databaseUs.toFixed(1),
    databaseUs === null ? '' : (processUs + databaseUs).toFixed(1),
    walBytes.toFixed(0),
  ]
}

/** The table for the terminal; empty where no contestant has a cost. */
export function costTable(rounds: readonly Round[]): string {
  const costs = costsOf(rounds)
  if (costs.length === 0) return ''
  const line = (name: string, cells: readonly string[]): string =>
    `   ${name.padEnd(46)}${cells.map((cell) => cell.padStart(12)).join('')}`
  return [
    'Processor time and write-ahead log of one call, medians',
    line('', ['process µs', 'database µs', 'both µs', 'log bytes']),
    ...costs.map((cost) => line(cost.name, costCells(cost))),
  ].join('\n')
}
