import { type ContestantFigures, FIGURES, figureCells, figuresOf, stretchesOf } from './figures.ts'
import { type ContestantName, GOAL_TITLES, type Goal, UNITS } from './goals.ts'
import type { Cost } from './measured.ts'
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

/** A ratio, or a figure in another unit, as text: `3.07x`, `14.2x`, `1204x`. */
export function ratioText(ratio: number, unit = 'x'): string {
  return `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}${unit}`
}

/** The goal of a verdict as text: `≥ 4x`, `≤ 2x`. */
export function aimText({ goal }: Verdict): string {
  return `${goal.sense === 'at least' ? '≥' : '≤'} ${goal.aim}${UNITS[goal.measure]}`
}

/** What a call of zapfleet and one of the peer use, as text: `64/31 µs 293/151 B`. Empty where neither can be read. */
function costText({ ours, peers }: Goal, figures: readonly ContestantFigures[]): string {
  const find = (names: readonly ContestantName[]): Cost | null =>
    figures
      .filter(({ name, cost }) => names.includes(name) && cost !== null)
      .toSorted((one, other) => other.perSecond - one.perSecond)[0]?.cost ?? null
  const both = [find([ours]), find(peers)]
  if (both.every((cost) => cost === null)) return ''
  const texts = (of: (cost: Cost) => number): string =>
    both.map((cost) => (cost === null ? '–' : of(cost).toFixed(0))).join('/')
  return `${texts((cost) => cost.processUs + (cost.databaseUs ?? 0))} µs ${texts((cost) => cost.walBytes)} B`
}

/**
 * The table for the terminal: a title for each goal, a line for each ratio with processor time and log of one call, ending in `met` or
 * `NOT MET`.
 */
export function goalTable(verdicts: readonly Verdict[], rounds: readonly Round[]): string {
  const figures = figuresOf(rounds)
  const lines: string[] = []
  let goal = 0
  for (const verdict of verdicts) {
    if (verdict.goal.goal !== goal) {
      goal = verdict.goal.goal
      lines.push('', `${goal}. ${GOAL_TITLES[goal]}`)
    }
    const { label } = verdict.goal
    const cells = cellsOf(verdict)
    const tail = `${cells.ratio.padStart(8)}  ${cells.span.padEnd(16)} ${cells.aim.padEnd(8)} ${cells.moonshot.padEnd(26)} ${costText(verdict.goal, figures).padEnd(26)}`
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
  const figures = figuresOf(result.rounds)
  const goalRows = result.verdicts.map((verdict) => {
    const { ratio, span, aim, moonshot, outcome } = cellsOf(verdict)
    const cost = costText(verdict.goal, figures)
    return `| ${verdict.goal.goal} | ${verdict.goal.label} | ${ratio} | ${span} | ${aim} | ${moonshot} | ${cost} | ${outcome} |`
  })
  const contestantRows = figures.map(
    (one) => `| ${[one.name, ...figureCells(one), result.driven.get(one.name) ?? ''].join(' | ')} |`,
  )
  const titles = Object.entries(GOAL_TITLES).map(([number, title]) => `${number}. ${title}`)
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`)
  const settings = Object.entries(result.serverSettings).map(([name, value]) => `${name}=${value}`)
  return [
    '# What was measured',
    '',
    `${result.startedAt}, ${plan.rounds} interleaved rounds, ${plan.measuredMs} ms each after ${plan.warmUpMs} ms of warm-up; before the first round each contestant ran for ${plan.settleMs} ms${result.short ? ' (a short run)' : ''}.`,
    `${machine.cores} cores (${machine.cpu}), load ${machine.loadBefore} before the run, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}.`,
    `${versions.join(', ')}.`,
    `PostgreSQL settings: ${settings.join(', ')}. ${result.population}`,
    '',
    'Ratios are medians of per-round ratios. Goals:',
    '',
    ...titles,
    '',
    '| goal | what | ratio | min–max | goal | moonshot | a call of zapfleet / of the peer | |',
    '|---|---|---:|---|---|---|---|---|',
    ...goalRows,
    '',
    `${countLine(result.verdicts)}.`,
    '',
    '## The contestants',
    '',
    'Calls a second belong to this machine at that hour and mean nothing elsewhere; only the ratios above do.',
    '',
    'Processor time and log of one call are medians over the rounds. What else runs meanwhile is included: the intake of receipts, the reads of another key, autovacuum. The process is the one that calls, over HTTP that of the API; the database of a limiter on Redis is Redis.',
    '',
    `| contestant | ${FIGURES.join(' | ')} | driven |`,
    `|---|${FIGURES.map(() => '---:|').join('')}---|`,
    ...contestantRows,
    ...[...result.absent].map(
      ([name, why]) => `| ${name} |${FIGURES.map(() => ' |').join('')} not run: ${why} |`,
    ),
    '',
    ...errorLines(result.rounds).map((line) => `- ${line}`),
    '',
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

/** The whole run as JSON, with every number of every round, and the medians of each contestant. */
export function json(result: Result): string {
  const plain = {
    ...result,
    driven: Object.fromEntries(result.driven),
    absent: Object.fromEntries(result.absent),
    figures: figuresOf(result.rounds),
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
  const unit = UNITS[verdict.goal.measure]
  return {
    ratio: ratioText(ratio, unit),
    // A figure is measured once.
    span: unit === 'x' ? `(${ratioText(min)}–${ratioText(max)})` : '',
    aim,
    moonshot: moonshot === null ? '' : `moonshot ${moonshot}x ${moonshotReached ? 'reached' : 'not reached'}`,
    outcome,
  }
}

function namesIn(rounds: readonly Round[]): ContestantName[] {
  return [...(rounds[0]?.keys() ?? [])]
}
