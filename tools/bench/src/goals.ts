/** All contestants, in the order of a round: those that are compared are next to each other. */
export const CONTESTANTS = [
  'update 10',
  'reserve sticky 10',
  'reserve sticky 10 beside intake',
  'limiter postgres 10',
  'limiter redis 10',
  'limiter redis pipelined 10',
  'seed sticky 10',
  'update 1000',
  'reserve sticky 1000',
  'reserve sticky 1000 beside intake',
  'limiter postgres 1000',
  'limiter redis 1000',
  'limiter redis pipelined 1000',
  'reserve round_robin 1000',
  'seed round_robin 1000',
  'update 10000',
  'reserve round_robin 10000',
  'reserve round_robin 10000 beside intake',
  'reserve round_robin 100',
  'reserve round_robin 100 beside intake',
  'seed round_robin 10000',
  'reserve sticky 1 pool',
  'reserve sticky 200 pools',
  'reserve round_robin 1 pool',
  'reserve round_robin 200 pools',
  'http no-op',
  'http reserve',
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
  12: 'reserve by pool, 10,000 numbers: a random one of 200 pools of 50 numbers, against one pool of all',
}

/** One ratio to reach: `ours` over the best of `peers`, in each round. */
export type Goal = {
  /** Number of the goal; several ratios may belong to one. */
  goal: number
  /** The comparison, for the table. */
  label: string
  ours: ContestantName
  peers: readonly ContestantName[]
  measure: 'perSecond' | 'p50Ms'
  /** `at most` for times, where less is better. */
  sense: 'at least' | 'at most'
  aim: number
  moonshot: number | null
}

const throughput = { measure: 'perSecond', sense: 'at least', moonshot: null } as const

/** The goals of the project, as ratios within one run. */
export const GOALS: readonly Goal[] = [
  {
    ...throughput,
    goal: 1,
    label: '10 numbers, sticky',
    ours: 'reserve sticky 10',
    peers: ['update 10'],
    aim: 4,
    moonshot: 8,
  },
  {
    ...throughput,
    goal: 1,
    label: '1,000 numbers, sticky',
    ours: 'reserve sticky 1000',
    peers: ['update 1000'],
    aim: 1.5,
    moonshot: 2,
  },
  {
    ...throughput,
    goal: 1,
    label: '10,000 numbers, rotation',
    ours: 'reserve round_robin 10000',
    peers: ['update 10000'],
    aim: 1,
    moonshot: 1.5,
  },
  {
    ...throughput,
    goal: 2,
    label: '10 numbers, sticky',
    ours: 'reserve sticky 10',
    peers: ['seed sticky 10'],
    aim: 15,
  },
  {
    ...throughput,
    goal: 2,
    label: '1,000 numbers, rotation',
    ours: 'reserve round_robin 1000',
    peers: ['seed round_robin 1000'],
    aim: 100,
  },
  {
    ...throughput,
    goal: 2,
    label: '10,000 numbers, rotation',
    ours: 'reserve round_robin 10000',
    peers: ['seed round_robin 10000'],
    aim: 1000,
  },
  {
    ...throughput,
    goal: 3,
    label: '10,000 numbers against 100, rotation',
    ours: 'reserve round_robin 10000',
    peers: ['reserve round_robin 100'],
    aim: 0.8,
  },
  {
    ...throughput,
    goal: 4,
    label: 'reserve over tRPC against a no-op',
    ours: 'http reserve',
    peers: ['http no-op'],
    aim: 0.85,
  },
  {
    ...throughput,
    goal: 4,
    label: '@zapfleet/client against itself unbatched',
    ours: 'client batched',
    peers: ['client one by one'],
    aim: 5,
  },
  {
    ...throughput,
    goal: 4,
    label: '@zapfleet/client against bare @trpc/client',
    ours: 'client batched',
    peers: ['client unbatched'],
    aim: 5,
  },
  {
    ...throughput,
    goal: 5,
    label: 'on PostgreSQL, 10 numbers',
    ours: 'reserve sticky 10',
    peers: ['limiter postgres 10'],
    aim: 5,
    moonshot: 8,
  },
  {
    ...throughput,
    goal: 5,
    label: 'on PostgreSQL, 1,000 numbers',
    ours: 'reserve sticky 1000',
    peers: ['limiter postgres 1000'],
    aim: 5,
    moonshot: 8,
  },
  {
    ...throughput,
    goal: 5,
    label: 'on Redis, 10 numbers',
    ours: 'reserve sticky 10',
    peers: ['limiter redis 10', 'limiter redis pipelined 10'],
    aim: 1,
    moonshot: 1.5,
  },
  {
    ...throughput,
    goal: 5,
    label: 'on Redis, 1,000 numbers',
    ours: 'reserve sticky 1000',
    peers: ['limiter redis 1000', 'limiter redis pipelined 1000'],
    aim: 1,
    moonshot: 1.5,
  },
  {
    goal: 6,
    label: '10 numbers, sticky',
    ours: 'alone reserve',
    peers: ['alone update'],
    measure: 'p50Ms',
    sense: 'at most',
    aim: 2,
    moonshot: null,
  },
  {
    goal: 7,
    label: '1,000 numbers, 4 callers over tRPC',
    ours: 'reserve beside reads',
    peers: ['quiet reserve'],
    measure: 'p50Ms',
    sense: 'at most',
    aim: 10,
    moonshot: null,
  },
  {
    goal: 8,
    label: '1,000 numbers, 4 callers over tRPC, 64 connections with wrong keys',
    ours: 'reserve beside wrong keys',
    peers: ['quiet reserve'],
    measure: 'p50Ms',
    sense: 'at most',
    aim: 10,
    moonshot: null,
  },
  {
    ...throughput,
    goal: 9,
    label: '10,000 numbers against 1,000 (a tenth is linear)',
    ours: 'health round 10000',
    peers: ['health round 1000'],
    aim: 0.08,
  },
  {
    ...throughput,
    goal: 10,
    label: 'message.send over HTTP against the bare call of the gateway',
    ours: 'message send',
    peers: ['gateway call'],
    aim: 0.25,
  },
  {
    ...throughput,
    goal: 10,
    label: 'a queue of 100,000 messages against one of 1,000, drained at once',
    ours: 'queue 100000',
    peers: ['queue 1000'],
    aim: 0.8,
  },
  {
    ...throughput,
    goal: 11,
    label: '10 numbers, sticky',
    ours: 'reserve sticky 10 beside intake',
    peers: ['reserve sticky 10'],
    aim: 0.95,
  },
  {
    ...throughput,
    goal: 11,
    label: '1,000 numbers, sticky',
    ours: 'reserve sticky 1000 beside intake',
    peers: ['reserve sticky 1000'],
    aim: 0.95,
  },
  {
    ...throughput,
    goal: 11,
    label: '10,000 numbers, rotation',
    ours: 'reserve round_robin 10000 beside intake',
    peers: ['reserve round_robin 10000'],
    aim: 0.95,
  },
  {
    ...throughput,
    goal: 11,
    label: '100 numbers, rotation',
    ours: 'reserve round_robin 100 beside intake',
    peers: ['reserve round_robin 100'],
    aim: 0.95,
  },
  {
    ...throughput,
    goal: 12,
    label: 'sticky',
    ours: 'reserve sticky 200 pools',
    peers: ['reserve sticky 1 pool'],
    aim: 0.8,
  },
  {
    ...throughput,
    goal: 12,
    label: 'rotation',
    ours: 'reserve round_robin 200 pools',
    peers: ['reserve round_robin 1 pool'],
    aim: 0.8,
  },
]

/** The contestants of these goals, in the order of a round. */
export function contestantsOf(goals: readonly Goal[]): ContestantName[] {
  const needed = new Set(goals.flatMap((goal) => [goal.ours, ...goal.peers]))
  return CONTESTANTS.filter((name) => needed.has(name))
}
