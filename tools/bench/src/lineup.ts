import type { Arena } from './arena.ts'
import { type Absent, CALLERS, type Contestant } from './contestants/contestant.ts'
import { openHealthRound } from './contestants/health-round.ts'
import { type Act, type History, historyContestant, openHistory } from './contestants/history.ts'
import { openIdle } from './contestants/idle.ts'
import { type IntakeTurns, openIntakeTurns } from './contestants/intake.ts'
import {
  type Gateway,
  openGateway,
  openGatewayCalls,
  openMessageSends,
  openQueue,
} from './contestants/messages.ts'
import { openReserves, type ReserveForm, type Reserves } from './contestants/reserve.ts'
import { openReserveProcesses } from './contestants/reserve-processes.ts'
import { besideReads, besideWrongKeys, openWire, overWire, type Wire } from './contestants/wire.ts'
import { type ContestantName, SLOW_FLUSH_MS } from './goals.ts'
import type { ClientKind } from './load/load-process.ts'
import { type LoadProcess, openLoadProcess } from './load/load-process.ts'
import { openDriverUpdate, openLoneUpdate } from './peers/driver-update.ts'
import { findRedis, type RedisKind } from './peers/find-redis.ts'
import { openLimiterOnPostgres } from './peers/limiter-on-postgres.ts'
import { openLimiterOnRedis } from './peers/limiter-on-redis.ts'
import { findPgbench, openPgbench } from './peers/pgbench.ts'
import { openSeedOnPrisma } from './peers/seed-on-prisma.ts'

/** The shared resources of contestants. The first contestant that needs one opens it. */
type Site = {
  arena: Arena
  report: (line: string) => void
  pgbench: () => Promise<string | null>
  redis: Readonly<Record<RedisKind, () => Promise<string | null>>>
  wire: () => Promise<Wire>
  load: () => LoadProcess
  /** The API over 1,000 numbers, and a second load process for the calls beside. */
  largeWire: () => Promise<Wire>
  readers: () => LoadProcess
  gateway: () => Promise<Gateway>
  reserves: (form: ReserveForm) => Promise<Reserves>
  intakeTurns: (form: ReserveForm) => Promise<IntakeTurns>
  /** The processes of goal 14. */
  processes: number
  /** The fleets of goal 15: without a history, and with one. */
  withoutHistory: () => Promise<History>
  withHistory: () => Promise<History>
}

type Open = (name: ContestantName, site: Site) => Promise<Contestant | Absent>

/** The opened contestants, the absent ones with the reason, and the version of pgbench. */
export type Lineup = {
  contestants: Contestant[]
  absent: Map<ContestantName, string>
  pgbenchVersion: string | null
}

/** Opens these contestants on separate databases. The arena closes what they hold open. */
export async function openLineup(
  arena: Arena,
  names: readonly ContestantName[],
  options: {
    redisUrl: string | null
    processes: number
    historyRows: number
    report: (line: string) => void
  },
): Promise<Lineup> {
  const { report, redisUrl, historyRows } = options
  const reserves = oncePerForm((form) => openReserves(arena, form, report))
  const site: Site = {
    arena,
    report,
    pgbench: once(findPgbench),
    redis: {
      forgetful: once(() => findRedis(arena, 'forgetful', redisUrl)),
      durable: once(() => findRedis(arena, 'durable', redisUrl)),
    },
    wire: once(() => openWire(arena, report)),
    load: once(() => openLoadProcess(arena)),
    largeWire: once(() => openWire(arena, report, 1_000)),
    readers: once(() => openLoadProcess(arena)),
    gateway: once(() => openGateway(arena)),
    processes: options.processes,
    withoutHistory: once(() => openHistory(arena, 0, report)),
    withHistory: once(() => openHistory(arena, historyRows, report)),
    reserves,
    intakeTurns: oncePerForm(async (form) => openIntakeTurns(arena, await reserves(form))),
  }
  const lineup: Lineup = { contestants: [], absent: new Map(), pgbenchVersion: await site.pgbench() }
  for (const name of names) {
    const opened = await OPENERS[name](name, site)
    if ('absent' in opened) lineup.absent.set(name, opened.absent)
    else lineup.contestants.push(opened)
  }
  return lineup
}

const update =
  (numbers: number): Open =>
  async (name, { arena, pgbench }) =>
    (await pgbench()) === null
      ? openDriverUpdate(arena, name, { numbers })
      : openPgbench(arena, name, { numbers })

const reserve =
  (form: ReserveForm): Open =>
  async (name, { reserves }) => ({ name, ...(await reserves(form)) })

/** On a disk that takes `SLOW_FLUSH_MS` to flush. */
const onSlowDisk =
  (open: Open): Open =>
  (name, site) => {
    const arena = site.arena.withFlush(SLOW_FLUSH_MS)
    return open(name, { ...site, arena, reserves: (form) => openReserves(arena, form, site.report) })
  }

const byProcesses =
  (numbers: number): Open =>
  (name, { arena, processes }) =>
    openReserveProcesses(arena, name, { numbers, processes })

const reserveInPools = (
  strategy: ReserveForm['strategy'],
  pools: number,
  writes: NonNullable<ReserveForm['writes']>,
): Open => reserve({ numbers: 10_000, strategy, pools, writes })

const intakeTurns =
  (form: ReserveForm, way: keyof IntakeTurns): Open =>
  async (name, site) => ({ name, ...(await site.intakeTurns(form))[way] })

const seed =
  (strategy: 'sticky' | 'round_robin', numbers: number): Open =>
  (name, { arena }) =>
    openSeedOnPrisma(arena, name, { numbers, strategy })

const limiterOnPostgres =
  (numbers: number): Open =>
  (name, { arena }) =>
    openLimiterOnPostgres(arena, name, { numbers })

const limiterOnRedis =
  (kind: RedisKind, numbers: number, pipelined: boolean): Open =>
  async (name, { arena, redis }) =>
    openLimiterOnRedis(arena, name, { numbers, kind, pipelined }, await redis[kind]())

const wire =
  (client: ClientKind, procedure: Parameters<typeof overWire>[1]['procedure']): Open =>
  async (name, site) => {
    const { readUsage } = site.arena
    const way = { client, procedure, numbers: 10, callers: CALLERS, readUsage }
    return overWire(name, way, await site.wire(), site.load())
  }

const healthRound =
  (numbers: number): Open =>
  (name, { arena, report }) =>
    openHealthRound(arena, name, { numbers }, report)

/** 4 callers over HTTP. */
const few = (name: ContestantName, { arena: { readUsage }, load }: Site, wire: Wire): Contestant =>
  overWire(
    name,
    { client: 'http', procedure: 'reserve', numbers: 1_000, callers: 4, readUsage },
    wire,
    load(),
  )

const withoutHistory =
  (act: Act): Open =>
  async (name, site) =>
    historyContestant(site.arena, name, act, await site.withoutHistory())

const besideHistory =
  (act: Act): Open =>
  async (name, site) =>
    historyContestant(site.arena, name, act, await site.withHistory())

const idle =
  (numbers: number): Open =>
  (name, { arena, report }) =>
    openIdle(arena, name, { numbers }, report)

const STICKY_10: ReserveForm = { numbers: 10, strategy: 'sticky' }
const STICKY_1000: ReserveForm = { numbers: 1_000, strategy: 'sticky' }
const ROTATION_100: ReserveForm = { numbers: 100, strategy: 'round_robin' }
const ROTATION_10000: ReserveForm = { numbers: 10_000, strategy: 'round_robin' }

const OPENERS: Readonly<Record<ContestantName, Open>> = {
  'update 10': update(10),
  'update 1000': update(1_000),
  'update 10000': update(10_000),
  'reserve sticky 10': reserve(STICKY_10),
  'reserve sticky 10 by processes': byProcesses(10),
  'update 10, slow disk': onSlowDisk(update(10)),
  'reserve sticky 10, slow disk': onSlowDisk(reserve(STICKY_10)),
  'reserve sticky 10 by processes, slow disk': onSlowDisk(byProcesses(10)),
  'update 1000, slow disk': onSlowDisk(update(1_000)),
  'reserve sticky 1000, slow disk': onSlowDisk(reserve(STICKY_1000)),
  'update 10000, slow disk': onSlowDisk(update(10_000)),
  'reserve round_robin 10000, slow disk': onSlowDisk(reserve(ROTATION_10000)),
  'reserve sticky 10 beside intake': intakeTurns(STICKY_10, 'beside'),
  'reserve sticky 10 without intake': intakeTurns(STICKY_10, 'without'),
  'reserve sticky 1000': reserve(STICKY_1000),
  'reserve sticky 1000 beside intake': intakeTurns(STICKY_1000, 'beside'),
  'reserve sticky 1000 without intake': intakeTurns(STICKY_1000, 'without'),
  'reserve round_robin 100': reserve(ROTATION_100),
  'reserve round_robin 100 beside intake': intakeTurns(ROTATION_100, 'beside'),
  'reserve round_robin 100 without intake': intakeTurns(ROTATION_100, 'without'),
  'reserve round_robin 1000': reserve({ numbers: 1_000, strategy: 'round_robin' }),
  'reserve round_robin 10000': reserve(ROTATION_10000),
  'reserve round_robin 10000 beside intake': intakeTurns(ROTATION_10000, 'beside'),
  'reserve round_robin 10000 without intake': intakeTurns(ROTATION_10000, 'without'),
  'reserve sticky 1 pool': reserveInPools('sticky', 1, 'own pool'),
  'reserve sticky 1 pool, new contacts': reserveInPools('sticky', 1, 'new contact'),
  'reserve sticky 200 pools': reserveInPools('sticky', 200, 'own pool'),
  'reserve sticky 200 pools, any': reserveInPools('sticky', 200, 'any pool'),
  'reserve round_robin 1 pool': reserveInPools('round_robin', 1, 'own pool'),
  'reserve round_robin 200 pools': reserveInPools('round_robin', 200, 'own pool'),
  'reserve round_robin 200 pools, any': reserveInPools('round_robin', 200, 'any pool'),
  'seed sticky 10': seed('sticky', 10),
  'seed round_robin 1000': seed('round_robin', 1_000),
  'seed round_robin 10000': seed('round_robin', 10_000),
  'limiter postgres 10': limiterOnPostgres(10),
  'limiter postgres 1000': limiterOnPostgres(1_000),
  'limiter redis 10': limiterOnRedis('forgetful', 10, false),
  'limiter redis pipelined 10': limiterOnRedis('forgetful', 10, true),
  'limiter redis 1000': limiterOnRedis('forgetful', 1_000, false),
  'limiter redis pipelined 1000': limiterOnRedis('forgetful', 1_000, true),
  'limiter durable redis 10': limiterOnRedis('durable', 10, false),
  'limiter durable redis pipelined 10': limiterOnRedis('durable', 10, true),
  'limiter durable redis 1000': limiterOnRedis('durable', 1_000, false),
  'limiter durable redis pipelined 1000': limiterOnRedis('durable', 1_000, true),
  'http no-op': wire('http', 'no-op'),
  'http reserve': wire('http', 'reserve'),
  'http reserve by adapter': wire('http', 'reserve by adapter'),
  'http bare route': wire('http', 'bare route'),
  'client unbatched': wire('httpLink', 'reserve'),
  'client one by one': wire('fleetClientUnbatched', 'reserve'),
  'client batched': wire('fleetClient', 'reserve'),
  'alone update': (name, { arena }) => openLoneUpdate(arena, name, { numbers: 10 }),
  'alone reserve': reserve({ numbers: 10, strategy: 'sticky', callers: 1 }),
  'quiet reserve': async (name, site) => few(name, site, await site.largeWire()),
  'reserve beside reads': async (name, site) => {
    const wire = await site.largeWire()
    return besideReads(few(name, site, wire), wire, site.readers())
  },
  'reserve beside wrong keys': async (name, site) => {
    const wire = await site.largeWire()
    return besideWrongKeys(few(name, site, wire), wire, site.readers())
  },
  'health round 1000': healthRound(1_000),
  'health round 10000': healthRound(10_000),
  'gateway call': async (name, site) => openGatewayCalls(site.arena, name, await site.gateway(), site.load()),
  'message send': async (name, site) =>
    openMessageSends(
      site.arena,
      name,
      await openWire(site.arena, site.report, 1_000, (await site.gateway()).evolution),
      site.load(),
    ),
  'queue 1000': (name, { arena, report }) => openQueue(arena, name, { messages: 1_000 }, report),
  'reserve without history': withoutHistory('reserve'),
  'reserve beside history': besideHistory('reserve'),
  'keyed reserve without history': withoutHistory('keyed reserve'),
  'keyed reserve beside history': besideHistory('keyed reserve'),
  'confirm without history': withoutHistory('confirm'),
  'confirm beside history': besideHistory('confirm'),
  'named confirm without history': withoutHistory('named confirm'),
  'named confirm beside history': besideHistory('named confirm'),
  'release without history': withoutHistory('release'),
  'release beside history': besideHistory('release'),
  'idle 10': idle(10),
  'idle 1000': idle(1_000),
  'queue 100000': (name, { arena, report }) => openQueue(arena, name, { messages: 100_000 }, report),
}

function once<Result>(act: () => Result): () => Result {
  let kept: { result: Result } | null = null
  return () => {
    kept ??= { result: act() }
    return kept.result
  }
}

/** One of each form, which several contestants share. */
function oncePerForm<Result>(open: (form: ReserveForm) => Result): (form: ReserveForm) => Result {
  const kept = new Map<ReserveForm, Result>()
  return (form) => {
    const known = kept.get(form) ?? open(form)
    kept.set(form, known)
    return known
  }
}
