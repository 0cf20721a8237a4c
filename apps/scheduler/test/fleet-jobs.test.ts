import { setTimeout as pause } from 'node:timers/promises'
import {
  beginRun,
  closeFleet,
  endRun,
  type Fleet,
  holdLease,
  lastJobRuns,
  openFleet,
  reserve,
  silentLog,
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
/** The moment by the database, in another month than this process believes; it stands still until the test lets it go. */
let nowMs = () => MIDNIGHT_MS - 1_500

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
    clock: () => new Date(nowMs()),
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

it('readers of the raw counters see zero within a second of midnight by the database, whatever this process believes, and no send is lost', async () => {
  for (const name of ['idle', 'busy']) simulator.control.addInstance({ name })
  await pool.query(
    `insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
     select n, 'connected', 5, 50, '2026-05-06T02:00:00Z', '2026-05-05T03:00:00Z' from unnest(array['idle', 'busy']) n`,
  )
  const lease = { name: 'scheduler', holder: 'test' }
  await holdLease(fleet, { ...lease, forMs: 60_000 })
  const jobs = buildJobs(
    fleetJobs(fleet, {
      polling: byCron('*/15 * * * * *', fleet.timeZone),
      log: silentLog,
      pause: (ms, signal) => pause(ms, undefined, { signal }),
    }),
    {
      log: silentLog,
      book: {
        begin: (job) => beginRun(fleet, { job, holder: lease.holder, lease: lease.name }),
        end: (id, end) => endRun(fleet, id, end),
      },
    },
  )
  jobs.start()
  try {
    // The catch-up finds windows that are not over yet.
    await vi.waitFor(
      async () =>
        expect((await lastJobRuns(fleet)).map((run) => run.tookMs !== null)).toEqual(Array(4).fill(true)),
      { timeout: 20_000, interval: 20 },
    )
    const startedAtMs = performance.now()
    nowMs = () => MIDNIGHT_MS - 1_500 + (performance.now() - startedAtMs)
    let lastSeenFullMs = 0
    let zeroAtMs = 0
    while (zeroAtMs === 0) {
      const readAtMs = nowMs()
      const counters = await raw('idle')
      if (counters.hour === 0 && counters.day === 0) zeroAtMs = nowMs()
      else if (counters.hour === 5 && counters.day === 50) lastSeenFullMs = readAtMs
      if (nowMs() > MIDNIGHT_MS && lastSeenFullMs > 0 && zeroAtMs === 0)
        await reserve(fleet, { exclude: ['idle'] })
      expect(nowMs()).toBeLessThan(MIDNIGHT_MS + 1_000)
      await pause(5)
    }
    expect(lastSeenFullMs).toBeGreaterThan(MIDNIGHT_MS - 1_000)
    expect(zeroAtMs).toBeGreaterThanOrEqual(MIDNIGHT_MS)
    console.log(`raw counters were zero ${Math.round(zeroAtMs - MIDNIGHT_MS)} ms after midnight`)
    await reserve(fleet, { exclude: ['idle'] })
    const { rows } = await pool.query(
      `select count(*)::int sent from zapfleet.reservations where day_window = $1`,
      [new Date(MIDNIGHT_MS)],
    )
    expect(await raw('busy')).toEqual({ hour: rows[0].sent, day: rows[0].sent })
  } finally {
    await jobs.stop(3_000)
  }
  const runs = await pool.query(
    `select job, changed from zapfleet.job_runs where job like 'reset-%' order by job, id`,
  )
  expect(runs.rows).toEqual([
    { job: 'reset-day', changed: 0 },
    { job: 'reset-day', changed: expect.any(Number) },
    { job: 'reset-hour', changed: 0 },
    { job: 'reset-hour', changed: expect.any(Number) },
  ])
  expect(runs.rows[1].changed).toBeGreaterThan(0)
  expect(runs.rows[3].changed).toBeGreaterThan(0)
})
