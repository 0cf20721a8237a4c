import { costCells, costsOf } from './cost-table.ts'
import { type ContestantName, GOAL_TITLES } from './goals.ts'
import { type Measured, median } from './measured.ts'
import type { Machine } from './read-setting.ts'
import type { Plan } from './rounds.ts'
import type { Round, Verdict } from './verdict.ts'

/** The whole result of one run. */
export type Result = {
  startedAt: string
  short: boolean
  plan: Plan
  machine: Machine
  versions: Readonly<Record<string, string>>
  serverSettings: Readonly<Record<string, string>>
  population: string
  /** The notes of each contestant. */
  driven: ReadonlyMap<ContestantName, string>
  absent: ReadonlyMap<ContestantName, string>
  rounds: readonly Round[]
  verdicts: readonly Verdict[]
}

/** A ratio as text: `3.07x`, `14.2x`, `1204x`. */
export function ratioText(ratio: number): string {
  return `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}x`
}

/** The goal of a verdict as text: `≥ 4x`, `≤ 2x`. */
export function aimText({ goal }: Verdict): string {
  return `${goal.sense === 'at least' ? '≥' : '≤'} ${goal.aim}x`
}

/** The table for the terminal: a title for each goal, a line for each ratio, ending in `met` or `NOT MET`. */
export function goalTable(verdicts: readonly Verdict[]): string {
  const lines: string[] = []
  let goal = 0
  for (const verdict of verdicts) {
    if (verdict.goal.goal !== goal) {
      goal = verdict.goal.goal
      lines.push('', `${goal}. ${GOAL_TITLES[goal]}`)
    }
    const { label } = verdict.goal
    const cells = cellsOf(verdict)
    const tail = `${cells.ratio.padStart(8)}  ${cells.span.padEnd(16)} ${cells.aim.padEnd(8)} ${cells.moonshot.padEnd(26)}`
    lines.push(`   ${label.padEnd(46)}${tail} ${cells.outcome}`)
  }
  return [...lines, '', countLine(verdicts)].join('\n')
}

/** One line with the counts of met, missed and not measured goals. */
export function countLine(verdicts: readonly Verdict[]): string {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter((one) => one.outcome === outcome).length
  const moonshots = verdicts.filter((one) => 'moonshotReached' in one && one.moonshotReached !== null)
  const reached = moonshots.filter((one) => 'moonshotReached' in one && one.moonshotReached)
  return `${count('met')} met, ${count('NOT MET')} not met, ${count('not measured')} not measured; ${reached.length} of ${moonshots.length} moonshots reached`
}

/** A line for each contestant with failed calls in the measured time, with the message of the first failure. */
export function errorLines(rounds: readonly Round[]): string[] {
  return namesIn(rounds).flatMap((name) => {
    const all = stretchesOf(rounds, name)
    const errors = all.reduce((sum, one) => sum + one.errors, 0)
    const first = all.find((one) => one.firstError !== null)?.firstError
    return errors > 0 ? [`"${name}" had ${errors} failed calls; the first error: ${first}`] : []
  })
}

/** The whole run as Markdown. */
export function markdown(result: Result): string {
  const { machine, plan } = result
  const goalRows = result.verdicts.map((verdict) => {
    const { ratio, span, aim, moonshot, outcome } = cellsOf(verdict)
    return `| ${verdict.goal.goal} | ${verdict.goal.label} | ${ratio} | ${span} | ${aim} | ${moonshot} | ${outcome} |`
  })
  const contestantRows = namesIn(result.rounds).map((name) => {
    const all = stretchesOf(result.rounds, name)
    const times = all.flatMap((one) => one.p50Ms ?? [])
    const p50 = times.length > 0 ? median(times).toFixed(2) : ''
    return `| ${name} | ${Math.round(median(all.map((one) => one.perSecond)))} | ${p50} | ${result.driven.get(name) ?? ''} |`
  })
  const titles = Object.entries(GOAL_TITLES).map(([number, title]) => `${number}. ${title}`)
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`)
  const settings = Object.entries(result.serverSettings).map(([name, value]) => `${name}=${value}`)
  return [
    '# What was measured',
    '',
    `${result.startedAt}, ${plan.rounds} interleaved rounds, ${plan.measuredMs} ms each after ${plan.warmUpMs} ms of warm-up${result.short ? ' (a short run)' : ''}.`,
    `${machine.cores} cores (${machine.cpu}), load ${machine.loadBefore} before the run, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}.`,
    `${versions.join(', ')}.`,
    `PostgreSQL settings: ${settings.join(', ')}. ${result.population}`,
    '',
    'Ratios are medians of per-round ratios. Goals:',
    '',
    ...titles,
    '',
    '| goal | what | ratio | min–max | goal | moonshot | |',
    '|---|---|---:|---|---|---|---|',
    ...goalRows,
    '',
    `${countLine(result.verdicts)}.`,
    '',
    '## The contestants',
    '',
    'Calls a second belong to this machine at that hour and mean nothing elsewhere; only the ratios above do.',
    '',
    '| contestant | calls/s | p50 ms | driven |',
    '|---|---:|---:|---|',
    ...contestantRows,
    ...[...result.absent].map(([name, why]) => `| ${name} | | | not run: ${why} |`),
    '',
    ...costLines(result.rounds),
    ...errorLines(result.rounds).map((line) => `- ${line}`),
    '',
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function costLines(rounds: readonly Round[]): string[] {
  const rows = costsOf(rounds).map((cost) => `| ${[cost.name, ...costCells(cost)].join(' | ')} |`)
  if (rows.length === 0) return []
  return [
    '## Processor time and write-ahead log of one call',
    '',
    'Medians over the rounds, of contestants that call in the process of the benchmark. What else runs meanwhile is included: the intake of receipts, autovacuum.',
    '',
    '| contestant | process µs | PostgreSQL µs | both µs | log bytes |',
    '|---|---:|---:|---:|---:|',
    ...rows,
    '',
  ]
}

/** The whole run as JSON, with every number of every round, and the median costs. */
export function json(result: Result): string {
  const plain = {
    ...result,
    driven: Object.fromEntries(result.driven),
    absent: Object.fromEntries(result.absent),
    costs: costsOf(result.rounds),
    rounds: result.rounds.map((round) => Object.fromEntries(round)),
  }
  return `${JSON.stringify(plain, null, 2)}\n`
}

type Cells = { ratio: string; span: string; aim: string; moonshot: string; outcome: string }

function cellsOf(verdict: Verdict): Cells {
  const aim = aimText(verdict)
  const { moonshot } = verdict.goal
  if (verdict.outcome === 'not measured')
    return { ratio: '', span: '', aim, moonshot: '', outcome: `not measured: ${verdict.why}` }
  const { ratio, min, max, moonshotReached, outcome } = verdict
  return {
    ratio: ratioText(ratio),
    span: `(${ratioText(min)}–${ratioText(max)})`,
    aim,
    moonshot: moonshot === null ? '' : `moonshot ${moonshot}x ${moonshotReached ? 'reached' : 'not reached'}`,
    outcome,
  }
}

function namesIn(rounds: readonly Round[]): ContestantName[] {
  return [...(rounds[0]?.keys() ?? [])]
}

function stretchesOf(rounds: readonly Round[], name: ContestantName): Measured[] {
  return rounds.flatMap((round) => round.get(name) ?? [])
}
