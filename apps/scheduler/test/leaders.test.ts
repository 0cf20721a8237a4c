import {
  checkAllInstances,
  closeFleet,
  type Fleet,
  lastJobRuns,
  openFleet,
  pollingAge,
  reserve,
  silentLog,
} from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

/** Each answer of Evolution takes this long, so that a round is long enough to die in. */
const LATENCY_MS = 400
/** 20 are read at a time: a round of these takes some 0.8 s. */
const INSTANCES = Array.from({ length: 30 }, (_, number) => `n${number}`)

let database: TestDatabase
let simulator: Simulator
let evolution: Evolution
let fleet: Fleet
let pool: pg.Pool
const running: AppProcess[] = []

/** A zone in which no hour ends within the next minutes: this test's clock is the real one. */
const TIME_ZONE = new Date().getUTCMinutes() >= 50 ? 'Asia/Kolkata' : 'UTC'

beforeAll(async () => {
  database = await testDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  await pool.query(`update zapfleet.settings set value = $1 where key = 'time_zone'`, [TIME_ZONE])
  simulator = await startSimulator({ timeScale: 0.01, latencyMs: LATENCY_MS })
  evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
  fleet = await openFleet({
    databaseUrl: database.url,
    timeZone: TIME_ZONE,
    evolution,
    log: silentLog,
  })
})
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  if (fleet) await closeFleet(fleet)
  await evolution?.close()
  await simulator?.close()
  await pool?.end()
  await database?.drop()
})

function start(): AppProcess {
  const scheduler = runApp('scheduler', {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: 'zf_admin_for-tests-only-0123456789',
    BOT_API_KEY: 'zf_bot_for-tests-only-0123456789',
    FLEET_TIMEZONE: TIME_ZONE,
    HEALTH_POLL_CRON: '* * * * * *',
    SCHEDULER_PORT: '0',
  })
  running.push(scheduler)
  return scheduler
}

async function rows<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  return (await pool.query<Row>(text)).rows
}

const holder = async () =>
  (await rows<{ holder: string }>('select holder from zapfleet.leases'))[0]?.holder ?? null

const isLedBy = async (scheduler: AppProcess): Promise<boolean> =>
  (await holder())?.includes(`:${scheduler.child.pid}:`) ?? false

const openRound = async () =>
  (
    await rows<{ holder: string }>(
      `select holder from zapfleet.job_runs where job = 'health-poll' and took_ms is null and failed is null
         and started_at < clock_timestamp() - interval '150 ms'`,
    )
  )[0]?.holder ?? null

const soon = { timeout: 20_000, interval: 30 }

/** Sums what the resets changed, and finds runs of one job that overlap. */
async function audit() {
  return {
    resets: await rows(
      `select job, sum(changed)::int changed from zapfleet.job_runs where job like 'reset-%' group by 1 order by 1`,
    ),
    overlapping: await rows(
      `select a.* from zapfleet.job_runs a join zapfleet.job_runs b on a.job = b.job and a.id < b.id
       where a.took_ms is not null and b.started_at < a.started_at + a.took_ms * interval '1 ms' - interval '20 ms'`,
    ),
    failed: await rows<{ job: string; failed: string }>(
      'select job, failed from zapfleet.job_runs where failed is not null',
    ),
  }
}

it('of two schedulers one leads; when it stops, or dies in mid-round, the other leads, nothing is doubled or lost, and reserves stay right', async () => {
  for (const name of INSTANCES) simulator.control.addInstance({ name })
  // Full in windows that are over: only who knows the windows finds room.
  await pool.query(
    `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
     select n, 'connected', 2, 3, 2, 3, '2020-01-01', '2020-01-01' from unnest($1::text[]) n`,
    [INSTANCES],
  )

  // No scheduler ran yet: nobody polls, and everybody can know; reserves are right all the same.
  expect(await lastJobRuns(fleet)).toEqual([])
  expect(await pollingAge(fleet)).toBeNull()
  const sendAll = () =>
    Promise.allSettled(Array.from({ length: INSTANCES.length * 2 + 5 }, () => reserve(fleet, {})))
  const granted = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.filter((one) => one.status === 'fulfilled').length
  expect(granted(await sendAll())).toBe(INSTANCES.length * 2)

  const [a, b] = [start(), start()]
  await Promise.all([a, b].map((scheduler) => scheduler.logLine('the scheduler is ready')))
  await vi.waitFor(async () => expect(await openRound()).not.toBeNull(), soon)
  const [first, second] = (await isLedBy(a)) ? [a, b] : [b, a]
  expect(await isLedBy(first)).toBe(true)
  await second.logLine('another scheduler leads; this one stands by')
  const standby = await fetch(`${(await second.logLine('the scheduler is ready')).address}/health/ready`)
  expect(standby.status).toBe(200)
  expect(await standby.json()).toMatchObject({ status: 'ready', leader: false })

  // A clean stop hands the lead over at once, after the round under way.
  const stoppedAtMs = performance.now()
  first.child.kill('SIGTERM')
  expect(await first.exitCode()).toBe(0)
  await vi.waitFor(async () => expect(await isLedBy(second)).toBe(true), soon)
  const handedOverMs = performance.now() - stoppedAtMs
  // The other tries every 5 s; its lease would have lasted for 20.
  expect(handedOverMs).toBeLessThan(15_000)
  expect((await audit()).failed).toEqual([])

  // And a death in mid-round is survived.
  const third = start()
  await third.logLine('another scheduler leads; this one stands by')
  await vi.waitFor(async () => expect(await openRound()).toContain(`:${second.child.pid}:`), {
    ...soon,
    interval: 10,
  })
  const killedAtMs = performance.now()
  second.child.kill('SIGKILL')
  await second.exitCode()
  simulator.control.logoutFromPhone('n0')

  // Meanwhile nobody leads. A new day is made out of this one: the numbers are full, in windows that are over.
  await pool.query(
    `update whatsapp_instances set msgs_enviadas_hora = 2, msgs_enviadas_dia = 3, janela_hora = '2020-01-01', janela_dia = '2020-01-01'
     where nome <> 'n0'`,
  )
  await pool.query(`update whatsapp_instances set pausada = true where nome in ('n0', 'n1')`)
  await pool.query('truncate zapfleet.reservations')
  expect(granted(await sendAll())).toBe((INSTANCES.length - 2) * 2)

  await vi.waitFor(async () => expect(await isLedBy(third)).toBe(true), { timeout: 30_000, interval: 50 })
  const tookOverMs = performance.now() - killedAtMs
  // What the dead one missed is found by the first round of the new one.
  await vi.waitFor(
    async () =>
      expect(await rows(`select status from whatsapp_instances where nome = 'n0'`)).toEqual([
        { status: 'disconnected' },
      ]),
    soon,
  )
  const foundMs = performance.now() - killedAtMs
  console.log(
    `another leads ${(handedOverMs / 1_000).toFixed(1)} s after a stop, ${(tookOverMs / 1_000).toFixed(1)} s after a kill -9; ` +
      `what fell meanwhile is found after ${(foundMs / 1_000).toFixed(1)} s`,
  )
  expect(tookOverMs).toBeLessThan(30_000)
  expect(await pollingAge(fleet)).toBeLessThan(performance.now() - killedAtMs)

  const { resets, overlapping, failed } = await audit()
  expect(overlapping).toEqual([])
  // The one round that was killed, and no other; the new leader's first run of the job says so.
  expect(failed).toEqual([{ job: 'health-poll', failed: expect.stringContaining('its process ended') }])
  // Windows were moved by the sends but for n1's, which was paused: one reset each, by the new leader.
  expect(resets).toEqual([
    { job: 'reset-day', changed: 1 },
    { job: 'reset-hour', changed: 1 },
  ])
  expect(
    await rows(
      `select nome from whatsapp_instances i where nome <> 'n0'
         and exists (select count(*) from zapfleet.reservations r where r.instance_name = i.nome
           having count(*) <> msgs_enviadas_hora or count(*) <> msgs_enviadas_dia)`,
    ),
  ).toEqual([])

  third.child.kill('SIGTERM')
  expect(await third.exitCode()).toBe(0)
  expect(await holder()).toBeNull()
  // The last word of who polled stays; that nobody does shows in its age.
  expect((await lastJobRuns(fleet)).map((run) => run.job)).toEqual([
    'health-poll',
    'reset-hour',
    'reset-day',
    'prune',
  ])
  expect((await checkAllInstances(fleet)).filter((one) => one.online)).toHaveLength(INSTANCES.length - 1)
}, 180_000)
