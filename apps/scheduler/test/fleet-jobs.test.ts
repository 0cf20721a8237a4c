import {
  beginRun,
  callOf,
  closeFleet,
  endRun,
  type Fleet,
  getInstance,
  holdLease,
  lastJobRuns,
  openFleet,
  reserve,
  silentLog,
  watchUnfinished,
} from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { fleetJobs } from '../src/fleet-jobs.ts'
import { buildJobs } from '../src/jobs.ts'
import { byCron } from '../src/timetable.ts'

let database: TestDatabase
let simulator: Simulator
let evolution: Evolution
let fleet: Fleet
let pool: pg.Pool

/** Midnight in São Paulo. */
const MIDNIGHT_MS = Date.parse('2026-05-06T03:00:00Z')
/** The database's time, in another month than this process's clock; it moves when the test moves it. */
let nowMs = MIDNIGHT_MS - 1_500

/** Pauses of the timetables, which the test ends. */
type Rest = { ms: number; end: () => void }
const rests: Rest[] = []
const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    rests.push({ ms, end: resolve })
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
/** The pauses of both resets, once both pause. */
async function bothRests(): Promise<Rest[]> {
  await vi.waitFor(() => expect(rests).toHaveLength(2), patiently)
  return rests.splice(0)
}
const patiently = { timeout: 60_000, interval: 20 }

beforeAll(async () => {
  database = await testDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  simulator = await startSimulator({ timeScale: 0.01 })
  evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
  fleet = await openFleet({
    databaseUrl: database.url,
    timeZone: 'America/Sao_Paulo',
    evolution,
    log: silentLog,
    clock: () => new Date(nowMs),
  })
})
afterAll(async () => {
  if (fleet) await closeFleet(fleet)
  await evolution?.close()
  await simulator?.close()
  await pool?.end()
  await database?.drop()
})

const raw = async (name: string) =>
  (
    await pool.query(
      'select msgs_enviadas_hora as hour, msgs_enviadas_dia as day from whatsapp_instances where nome = $1',
      [name],
    )
  ).rows[0]

it('both resets pause until midnight by the database, whatever the clock of this process, readers of the raw counters then see zero, and no send is lost', async () => {
  for (const name of ['idle', 'busy']) simulator.control.addInstance({ name })
  await pool.query(
    `insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
     select n, 'connected', 5, 50, '2026-05-06T02:00:00Z', '2026-05-05T03:00:00Z' from unnest(array['idle', 'busy']) n`,
  )
  await pool.query(`update whatsapp_instances set rampa = $1 where nome = 'idle'`, [
    {
      from: 10,
      to: 100,
      days: 21,
      startedOn: '2026-05-05',
      day: 1,
      limitToday: 10,
      heldBecause: null,
      advancedOn: '2026-05-05',
    },
  ])
  const lease = { name: 'scheduler', holder: 'test' }
  await holdLease(fleet, { ...lease, forMs: 60_000 })
  const jobs = buildJobs(
    fleetJobs(fleet, {
      polling: byCron('*/15 * * * * *', fleet.timeZone),
      log: silentLog,
      pause: rest,
    }),
    {
      log: silentLog,
      book: {
        begin: (job) => beginRun(fleet, { job, holder: lease.holder, lease: lease.name }),
        end: (id, end) => endRun(fleet, id, end),
      },
    },
  )
  // Long pauses end at steps of the monotonic clock. It is stopped here, so that no step comes before the boundaries.
  const monotonic = vi.spyOn(performance, 'now').mockReturnValue(0)
  jobs.start()
  try {
    // The catch-up finds windows that are not over yet.
    await vi.waitFor(
      async () =>
        expect((await lastJobRuns(fleet)).map((run) => run.tookMs !== null)).toEqual(Array(4).fill(true)),
      patiently,
    )
    const untilMidnight = await bothRests()
    expect(untilMidnight.map(({ ms }) => ms)).toEqual([1_500, 1_500])
    // Timers that end early: the resets read the database's clock again and do nothing.
    nowMs = MIDNIGHT_MS - 1
    for (const { end } of untilMidnight) end()
    const early = await bothRests()
    expect(early.map(({ ms }) => ms)).toEqual([1, 1])
    expect(await raw('idle')).toEqual({ hour: 5, day: 50 })

    nowMs = MIDNIGHT_MS
    for (const { end } of early) end()
    const sends = Promise.all(
      Array.from({ length: 5 }, () => reserve(fleet, { exclude: ['idle'] }, { deadlineMs: 60_000 })),
    )
    // They pause until the next hour and the next day, in pieces that end together.
    expect((await bothRests()).map(({ ms }) => ms)).toEqual([30_000, 30_000])
    expect(await raw('idle')).toEqual({ hour: 0, day: 0 })
    await sends
    await vi.waitFor(
      async () =>
        expect((await getInstance(fleet, { name: 'idle' })).ramp).toMatchObject({ day: 2, limitToday: 14 }),
      patiently,
    )
    await reserve(fleet, { exclude: ['idle'] })
    const { rows } = await pool.query(
      `select count(*)::int sent from zapfleet.reservations where day_window = $1`,
      [new Date(MIDNIGHT_MS)],
    )
    expect(rows[0].sent).toBe(6)
    expect(await raw('busy')).toEqual({ hour: 6, day: 6 })
  } finally {
    await jobs.stop(3_000)
    monotonic.mockRestore()
  }
  const runs = await pool.query(
    `select job, changed from zapfleet.job_runs where job like 'reset-%' order by job, id`,
  )
  expect(runs.rows.map((run) => run.job)).toEqual(['reset-day', 'reset-day', 'reset-hour', 'reset-hour'])
  expect([runs.rows[0].changed, runs.rows[2].changed]).toEqual([0, 0])
  expect(runs.rows[1].changed).toBeGreaterThan(0)
  expect(runs.rows[3].changed).toBeGreaterThan(0)
})

it('a delete that takes Evolution long delays no health round, and is begun no second time', async () => {
  simulator.control.addInstance({ name: 'leaving' })
  await pool.query(`insert into whatsapp_instances (nome, removida_em) values ('leaving', $1)`, [
    new Date(nowMs),
  ])
  await pool.query(`insert into zapfleet.removals (instance_name, asked_at) values ('leaving', $1)`, [
    new Date(nowMs - 60_000),
  ])
  const route = 'instance/delete'
  simulator.control.fault({ kind: 'delay', ms: 5_000, match: { route, name: 'leaving' } })
  const calls = () => simulator.control.calls({ route, name: 'leaving' })
  const ending = new AbortController()
  const finished = watchUnfinished(callOf(fleet), ending.signal, { everyMs: 60 })
  await vi.waitFor(() => expect(calls()).toHaveLength(1), patiently)
  const jobs = fleetJobs(fleet, { polling: () => {}, log: silentLog, pause: rest })
  const round = jobs.find(({ name }) => name === 'health-poll')
  await round?.run(new AbortController().signal, 'first')
  const left = async () => (await pool.query('select from zapfleet.removals')).rowCount
  expect(await left()).toBe(1)
  await vi.waitFor(async () => expect(await left()).toBe(0), patiently)
  ending.abort()
  await finished
  expect(calls()).toHaveLength(1)
  expect(simulator.control.instances().map(({ name }) => name)).not.toContain('leaving')
}, 60_000)
