import { expect, test } from 'vitest'
import { ratioChart } from '../src/chart.ts'
import { costTable } from '../src/cost-table.ts'
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

test('the table has a line for each ratio, which ends in its verdict', () => {
  const lines = goalTable(verdicts).split('\n')
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
  expect(countLine(verdicts)).toMatch(/^18 met, 17 not met, 2 not measured; 3 of 5 moonshots reached$/)
})

test('ratios are as precise as they are small', () => {
  expect([0.834, 12.34, 1204.4].map(ratioText)).toEqual(['0.83x', '12.3x', '1204x'])
})

test('failed calls are reported with the message of the first', () => {
  const failing = { calls: 5, errors: 2, firstError: 'refused', perSecond: 5, p50Ms: 1 }
  const fine = { ...failing, errors: 0, firstError: null }
  expect(errorLines([new Map([['update 10', fine]]), new Map([['update 10', failing]])])).toEqual([
    '"update 10" had 2 failed calls; the first error: refused',
  ])
  expect(errorLines([new Map([['update 10', fine]])])).toEqual([])
})

test('the costs of a call are medians over the rounds, of the contestants that have any', () => {
  const plain = { calls: 5, errors: 0, firstError: null, perSecond: 5, p50Ms: 1 }
  const costing = (processUs: number, databaseUs: number | null) => ({
    ...plain,
    cost: { processUs, databaseUs, walBytes: 400 },
  })
  const rounds = [
    new Map([
      ['update 10', plain],
      ['reserve sticky 10', costing(30, 20)],
    ] as const),
    new Map([
      ['update 10', plain],
      ['reserve sticky 10', costing(50, 40)],
    ] as const),
    new Map([
      ['update 10', plain],
      ['reserve sticky 10', costing(90, 25)],
    ] as const),
  ]
  const lines = costTable(rounds).split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[2]?.split(/ {2,}/)).toEqual(['', 'reserve sticky 10', '50.0', '25.0', '75.0', '400'])
  expect(costTable([new Map([['reserve sticky 10', costing(50, null)]] as const)])).toMatch(/50\.0 +400$/)
  expect(costTable([new Map([['update 10', plain]] as const)])).toBe('')
})

test('the chart has a bar for each measured ratio, the missed ones hollow, every one within the picture', () => {
  const svg = ratioChart(verdicts, 'a <caption>')
  expect(svg.match(/<rect class="met"/g)).toHaveLength(count('met'))
  expect(svg.match(/<rect class="missed"/g)).toHaveLength(count('NOT MET'))
  expect(svg).toContain('a &lt;caption&gt;')
  const places = [...svg.matchAll(/ x[12]?="([\d.-]+)"/g)].map((match) => Number(match[1]))
  expect(Math.min(...places)).toBeGreaterThan(0)
  expect(Math.max(...places)).toBeLessThan(900)
})

function count(outcome: Verdict['outcome']): number {
  return verdicts.filter((verdict) => verdict.outcome === outcome).length
}
