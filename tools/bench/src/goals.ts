import type { IdleMeasure } from './measured.ts'

/** All contestants, in the order of a round: those that are compared are next to each other. */
export const CONTESTANTS = [
  'update 10',
  'reserve sticky 10',
  'reserve sticky 10 by processes',
  'update 10, slow disk',
  'reserve sticky 10, slow disk',
  'reserve sticky 10 by processes, slow disk',
  'reserve sticky 10 beside intake',
  'reserve sticky 10 without intake',
  'limiter postgres 10',
  'limiter redis 10',
  'limiter redis pipelined 10',
  'limiter durable redis 10',
  'limiter durable redis pipelined 10',
  'seed sticky 10',
  'update 1000, slow disk',
  'reserve sticky 1000, slow disk',
  'update 1000',
  'reserve sticky 1000',
  'reserve sticky 1000 beside intake',
  'reserve sticky 1000 without intake',
  'limiter postgres 1000',
  'limiter redis 1000',
  'limiter redis pipelined 1000',
  'limiter durable redis 1000',
  'limiter durable redis pipelined 1000',
  'reserve round_robin 1000',
  'seed round_robin 1000',
  'update 10000, slow disk',
  'reserve round_robin 10000, slow disk',
  'update 10000',
  'reserve round_robin 10000',
  'reserve round_robin 10000 beside intake',
  'reserve round_robin 10000 without intake',
  'reserve round_robin 100',
  'reserve round_robin 100 beside intake',
  'reserve round_robin 100 without intake',
  'seed round_robin 10000',
  'reserve sticky 1 pool, new contacts',
  'reserve sticky 200 pools, any',
  'reserve sticky 1 pool',
  'reserve sticky 200 pools',
  'reserve round_robin 200 pools',
  'reserve round_robin 1 pool',
  'reserve round_robin 200 pools, any',
  'http no-op',
  'http reserve',
  'http reserve by adapter',
  'http bare route',
  'client unbatched',
  'client one by one',
  'client batched',
  'alone update',
  'alone reserve',
  'quiet reserve',
  'reserve beside reads',
  'reserve beside wrong keys',
  'health round 1000',
  'health round 10000',
  'gateway call',
  'message send',
  'queue 1000',
  'queue 100000',
  'reserve without history',
  'reserve beside history',
  'keyed reserve without history',
  'keyed reserve beside history',
  'confirm without history',
  'confirm beside history',
  'named confirm without history',
  'named confirm beside history',
  'release without history',
  'release beside history',
  'idle 10',
  'idle 1000',
] as const

export type ContestantName = (typeof CONTESTANTS)[number]

/** The goals of the benchmark, as titles. */
export const GOAL_TITLES: Readonly<Record<number, string>> = {
  1: 'reserve against a bare single-row UPDATE, 64 callers',
  2: "reserve against the seed's algorithm on Prisma, 64 callers",
  3: 'flat in the size of the fleet',
  4: 'the wire adds little, batching gives much',
  5: 'reserve against rate-limiter-flexible (hour and day), 64 callers',
  6: 'one caller alone: median time of a reserve against one UPDATE',
  7: 'one key reads as much as it can: median time of reserves of another key, against the same without the reads',
  8: 'wrong keys arrive as fast as they are refused: median time of reserves, against the same without them',
  9: 'a health round in which all numbers change: rounds stored a second',
  10: 'messages that zapfleet sends itself, 64 callers, 1,000 numbers, a gateway that answers after 50 ms',
  11: 'reserve while the same process takes in the receipts of 100 messages a second, against the same without them',
  12: 'reserve by pool, 10,000 numbers: in 200 pools of 50 numbers, against one pool of all',
  13: 'processor time of the API for one reserve over HTTP, 64 callers, 10 numbers',
  14: 'several processes on the same numbers against one, 64 callers in all',
  15: 'beside a history of reservations (--history), right after a checkpoint, against an empty one, 64 callers, 10 numbers',
  16: 'API and scheduler without work, each a process as in production',
}

/** Goals have numbers from 1 to this one. */
export const LAST_GOAL = 16

/** The flush of the contestants on a slow disk. */
export const SLOW_FLUSH_MS = 2

/** Of a contestant that is compared. `processUs` is of the processes in which it calls or serves. */
export type ComparedMeasure = 'perSecond' | 'p50Ms' | 'processUs'
export type Measure = ComparedMeasure | IdleMeasure

/** The unit of what is judged. */
export const UNITS: Readonly<Record<Measure, string>> = {
  perSecond: 'x',
  p50Ms: 'x',
  processUs: 'x',
  statementsPerMinute: '',
  apiMegabytes: ' MB',
  schedulerMegabytes: ' MB',
  apiPercent: ' %',
  schedulerPercent: ' %',
}

/** One ratio to reach: `ours` over the best of `peers`, in each round. Without peers: the figure of `ours` itself. */
export type Goal = {
  /** Number of the goal; several ratios may belong to one. */
  goal: number
  /** The comparison, for the table. */
  label: string
  ours: ContestantName
  peers: readonly ContestantName[]
  measure: Measure
  /** `at most` for times, where less is better. */
  sense: 'at least' | 'at most'
  aim: number
  moonshot: number | null
}

/** Whether the goal is about the disk that takes `SLOW_FLUSH_MS`. */
export function isOnSlowDisk({ ours }: Goal): boolean {
  return ours.endsWith(', slow disk')
}

/** The contestants of these goals, in the order of a round. */
export function contestantsOf(goals: readonly Goal[]): ContestantName[] {
  const needed = new Set(goals.flatMap((goal) => [goal.ours, ...goal.peers]))
  return CONTESTANTS.filter((name) => needed.has(name))
}
