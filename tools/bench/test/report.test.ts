import { expect, test } from 'vitest'
import { ratioChart } from '../src/chart.ts'
import { figureTable } from '../src/figures.ts'
import { GOALS } from '../src/goal-list.ts'
import { countLine, errorLines, goalTable, ratioText } from '../src/report.ts'
import type { Verdict } from '../src/verdict.ts'

const verdicts: Verdict[] = GOALS.map((goal, index) => {
  if (goal.label.includes('Redis')) return { goal, outcome: 'not measured', why: 'no Redis here' }
  return {
    goal,
    outcome: index % 2 === 0 ? 'met' : 'NOT MET',
    ratio: 3 + index,
    min: 2,
    max: 40,
    moonshotReached: goal.moonshot === null ? null : index % 2 === 0,
  }
})

const plain = { calls: 5, errors: 0, firstError: null, perSecond: 500, p50Ms: 2 }
const costing = (processUs: number, databaseUs: number | null) => ({
  ...plain,
  cost: { processUs, databaseUs, walBytes: 400 },
})
const rounds = (
  [
    [30, 20],
    [50, 40],
    [90, 25],
  ] as const
).map(
  ([processUs, databaseUs]) =>
    new Map([
      ['update 10', plain],
      ['reserve sticky 10', costing(processUs, databaseUs)],
    ] as const),
)

test('the table has a line for each ratio, which ends in its verdict', () => {
  const lines = goalTable(verdicts, rounds).split('\n')
  for (const { goal, outcome } of verdicts) {
    const line = lines.filter((one) => one.includes(goal.label) && /(met|MET|here)$/.test(one))
    expect(line.length, goal.label).toBeGreaterThan(0)
    if (outcome === 'not measured') expect(line[0]).toMatch(/not measured: no Redis here$/)
  }
  expect(lines.filter((line) => / met$/.test(line))).toHaveLength(count('met'))
  expect(lines.filter((line) => / NOT MET$/.test(line))).toHaveLength(count('NOT MET'))
  expect(lines.at(-1)).toBe(countLine(verdicts))
})

test('the last line counts what is met, missed and not measured', () => {
  const some = [...verdicts.slice(0, 3), ...verdicts.filter(({ outcome }) => outcome === 'not measured')]
  expect(countLine(some)).toMatch(/^2 met, 1 not met, 4 not measured; 2 of 3 moonshots reached$/)
})

test('ratios are as precise as they are small', () => {
  expect([0.834, 12.34, 1204.4].map((ratio) => ratioText(ratio))).toEqual(['0.83x', '12.3x', '1204x'])
})

test('failed calls are reported with the message of the first', () => {
  const failing = { calls: 5, errors: 2, firstError: 'refused', perSecond: 5, p50Ms: 1 }
  const fine = { ...failing, errors: 0, firstError: null }
  expect(errorLines([new Map([['update 10', fine]]), new Map([['update 10', failing]])])).toEqual([
    '"update 10" had 2 failed calls; the first error: refused',
  ])
  expect(errorLines([new Map([['update 10', fine]])])).toEqual([])
})

test('the figures of contestants are medians over the rounds', () => {
  const lines = figureTable(rounds).split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[2]?.split(/ {2,}/)).toEqual(['', 'update 10', '500', '2.00'])
  expect(lines[3]?.split(/ {2,}/)).toEqual([
    '',
    'reserve sticky 10',
    '500',
    '2.00',
    '50.0',
    '25.0',
    '75.0',
    '400',
  ])
  const alone = [new Map([['reserve sticky 10', costing(50, null)]] as const)]
  expect(figureTable(alone)).toMatch(/ 50\.0 +400$/)
})

test('the line of a goal has what a call of each side used, and a dash where that cannot be read', () => {
  const lines = (one: typeof rounds): string => goalTable(verdicts.slice(0, 1), one)
  expect(lines(rounds)).toMatch(/ 75\/– µs 400\/– B +met$/m)
  const both = [
    new Map([
      ['update 10', costing(5, 6)],
      ['reserve sticky 10', costing(50, 20)],
    ] as const),
  ]
  expect(lines(both)).toMatch(/ 70\/11 µs 400\/400 B +met$/m)
})

test('a figure has its unit and no span', () => {
  const goal = GOALS.find(({ measure }) => measure === 'schedulerMegabytes')
  if (!goal) throw new Error('there is no such goal')
  const table = goalTable(
    [{ goal, outcome: 'met', ratio: 101.4, min: 101.4, max: 101.4, moonshotReached: null }],
    [],
  )
  expect(table).toMatch(/memory of the scheduler +101 MB +≤ 168 MB +met$/m)
})

test('the chart has a bar for each measured ratio, the missed ones hollow, every one within the picture', () => {
  const svg = ratioChart(verdicts, 'a <caption>')
  expect(svg.match(/<rect class="met"/g)).toHaveLength(bars('met'))
  expect(svg.match(/<rect class="missed"/g)).toHaveLength(bars('NOT MET'))
  expect(svg).toContain('a &lt;caption&gt;')
  const places = [...svg.matchAll(/ x[12]?="([\d.-]+)"/g)].map((match) => Number(match[1]))
  expect(Math.min(...places)).toBeGreaterThan(0)
  expect(Math.max(...places)).toBeLessThan(900)
})

function count(outcome: Verdict['outcome']): number {
  return verdicts.filter((verdict) => verdict.outcome === outcome).length
}

/** Figures in another unit than ratios have no bar. */
function bars(outcome: Verdict['outcome']): number {
  return verdicts.filter((verdict) => verdict.outcome === outcome && verdict.goal.peers.length > 0).length
}
