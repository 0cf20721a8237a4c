import { describe, expect, test } from 'vitest'
import { GOALS } from '../src/goal-list.ts'
import { type ContestantName, contestantsOf, type Goal, isOnSlowDisk } from '../src/goals.ts'
import { type Measured, median } from '../src/measured.ts'
import { judge, type Round } from '../src/verdict.ts'

const stretch = (perSecond: number, p50Ms: number | null = 1): Measured => ({
  calls: perSecond,
  errors: 0,
  firstError: null,
  perSecond,
  p50Ms,
})
const round = (figures: Partial<Record<ContestantName, Measured>>): Round =>
  new Map(Object.entries(figures) as [ContestantName, Measured][])

const throughput: Goal = {
  goal: 1,
  label: 'ten numbers',
  ours: 'reserve sticky 10',
  peers: ['update 10'],
  measure: 'perSecond',
  sense: 'at least',
  aim: 4,
  moonshot: 8,
}

describe('a verdict', () => {
  test('is the median of the ratios of each round, not the ratio of medians', () => {
    const rounds = [
      round({ 'reserve sticky 10': stretch(500), 'update 10': stretch(100) }),
      round({ 'reserve sticky 10': stretch(900), 'update 10': stretch(300) }),
      round({ 'reserve sticky 10': stretch(80), 'update 10': stretch(20) }),
    ]
    const met = judge(throughput, rounds)
    expect(met).toMatchObject({ outcome: 'met', ratio: 4, min: 3, max: 5, moonshotReached: false })
    expect(judge({ ...throughput, aim: 4.01 }, rounds).outcome).toBe('NOT MET')
    expect(judge({ ...throughput, moonshot: 4 }, rounds)).toMatchObject({ moonshotReached: true })
  })

  test('of times prefers small values, and compares with the fastest peer', () => {
    const goal: Goal = { ...throughput, measure: 'p50Ms', sense: 'at most', aim: 2, moonshot: null }
    const rounds = [round({ 'reserve sticky 10': stretch(1, 3), 'update 10': stretch(1, 2) })]
    expect(judge(goal, rounds)).toMatchObject({ outcome: 'met', ratio: 1.5, moonshotReached: null })
    expect(judge({ ...goal, aim: 1.4 }, rounds).outcome).toBe('NOT MET')
  })

  test('of processor time compares the costs, and leaves out a round without one', () => {
    const goal: Goal = { ...throughput, measure: 'processUs', sense: 'at most', aim: 0.5, moonshot: null }
    const used = (processUs: number): Measured => ({
      ...stretch(100),
      cost: { processUs, databaseUs: null, walBytes: 0 },
    })
    const rounds = [
      round({ 'reserve sticky 10': used(40), 'update 10': used(100) }),
      round({ 'reserve sticky 10': stretch(1), 'update 10': used(100) }),
    ]
    expect(judge(goal, rounds)).toMatchObject({ outcome: 'met', ratio: 0.4, min: 0.4, max: 0.4 })
    expect(judge({ ...goal, aim: 0.39 }, rounds).outcome).toBe('NOT MET')
  })

  test('of a goal without peers is the figure itself, which one round may have', () => {
    const idle = {
      statementsPerMinute: 50,
      apiMegabytes: 90,
      schedulerMegabytes: 100,
      apiPercent: 0.5,
      schedulerPercent: 0.6,
    }
    const goal: Goal = {
      ...throughput,
      ours: 'idle 10',
      peers: [],
      measure: 'apiMegabytes',
      sense: 'at most',
      aim: 90,
      moonshot: null,
    }
    const rounds = [round({ 'idle 10': { ...stretch(50), idle } }), round({})]
    expect(judge(goal, rounds)).toMatchObject({ outcome: 'met', ratio: 90 })
    expect(judge({ ...goal, aim: 89 }, rounds).outcome).toBe('NOT MET')
    expect(judge(goal, [round({})]).outcome).toBe('not measured')
  })

  test('against several peers is against the fastest of them', () => {
    const goal: Goal = { ...throughput, peers: ['limiter redis 10', 'limiter redis pipelined 10'] }
    const rounds = [
      round({
        'reserve sticky 10': stretch(400),
        'limiter redis 10': stretch(50),
        'limiter redis pipelined 10': stretch(200),
      }),
    ]
    expect(judge(goal, rounds)).toMatchObject({ outcome: 'NOT MET', ratio: 2 })
  })

  test('is neither met nor missed when the peer is absent, and has the reason', () => {
    const rounds = [round({ 'reserve sticky 10': stretch(400) })]
    const absent = new Map<ContestantName, string>([['update 10', 'no such program here']])
    expect(judge(throughput, rounds, absent)).toMatchObject({
      outcome: 'not measured',
      why: 'no such program here',
    })
  })

  test('leaves out the rounds in which calls of the peer failed, and counts the successful calls of zapfleet', () => {
    const failing = { ...stretch(10), errors: 1, firstError: 'refused' }
    const rounds = [
      round({ 'reserve sticky 10': stretch(400), 'update 10': failing }),
      round({ 'reserve sticky 10': { ...stretch(90), errors: 5 }, 'update 10': stretch(100) }),
    ]
    expect(judge(throughput, rounds)).toMatchObject({ outcome: 'NOT MET', ratio: 0.9, min: 0.9, max: 0.9 })
  })

  test('never counts a contestant all of whose calls failed', () => {
    const dead = { ...stretch(0), errors: 9, firstError: 'refused' }
    const rounds = [round({ 'reserve sticky 10': stretch(400), 'update 10': dead })]
    expect(judge(throughput, rounds).outcome).toBe('not measured')
  })
})

test('the goals need every kind of contestant once, compared ones next to each other', () => {
  const names = contestantsOf(GOALS)
  expect(new Set(names).size).toBe(names.length)
  expect(contestantsOf(GOALS.filter(({ goal }) => goal === 6))).toEqual(['alone update', 'alone reserve'])
  expect(GOALS.map(({ goal }) => goal)).toEqual(
    GOALS.map(({ goal }) => goal).sort((one, other) => one - other),
  )
  expect(new Set(GOALS.map(({ goal }) => goal))).toEqual(
    new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
  )
})

test('a contestant on the slow disk is compared with others on it', () => {
  for (const goal of GOALS) {
    const sides = [goal.ours, ...goal.peers].map((name) => name.endsWith(', slow disk'))
    expect(new Set(sides).size, goal.label).toBe(1)
    expect(isOnSlowDisk(goal)).toBe(sides[0])
  }
  expect(new Set(GOALS.filter(isOnSlowDisk).map(({ goal }) => goal))).toEqual(new Set([1, 14]))
})

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([10, 9, 1, 2])).toBe(5.5)
  expect(median([])).toBeNaN()
})
