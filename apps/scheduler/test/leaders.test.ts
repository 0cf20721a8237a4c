import {
  callOf,
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

/** 20 are read at a time: a round takes two answers of Evolution. */
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
  await noteEnds()
  simulator = await startSimulator({ timeScale: 0.01 })
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

async function start(): Promise<AppProcess> {
  const scheduler = await runApp('scheduler', {
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

/** The holder of the health round that is open, and how long ago that round began by the database's clock. */
const openRound = async () =>
  (
    await rows<{ holder: string; age_ms: number }>(
      `select holder, extract(epoch from clock_timestamp() - started_at)::float8 * 1000 age_ms
       from zapfleet.job_runs where job = 'health-poll' and took_ms is null and failed is null`,
    )
  )[0] ?? null

const soon = { timeout: 90_000, interval: 30 }

/**
 * Stops the process (SIGSTOP) inside a health round. Each answer takes `answerMs` meanwhile, so a round that began
 * less than that ago cannot have ended, nor can its end be on its way to the database.
 */
async function freezeInRound(scheduler: AppProcess, answerMs: number): Promise<void> {
  const { remove } = simulator.control.fault({
    kind: 'delay',
    ms: answerMs,
    match: { route: 'instance/connectionState' },
  })
  for (let isInside = false; !isInside; ) {
    scheduler.child.kill('SIGCONT')
    await vi.waitFor(async () => expect(await openRound()).not.toBeNull(), { ...soon, interval: 10 })
    scheduler.child.kill('SIGSTOP')
    const round = await openRound()
    isInside = round !== null && round.age_ms < answerMs
  }
  remove()
}

/** Stores the moment at which the end of each run was written, by the database's clock. */
async function noteEnds(): Promise<void> {
  await pool.query(`
    create table public.run_ends (id bigint primary key, ended_at timestamptz not null);
    create function public.note_end() returns trigger language plpgsql as $$
      begin insert into public.run_ends values (new.id, clock_timestamp()) on conflict do nothing; return null; end $$;
    create trigger note_end after update on zapfleet.job_runs for each row when (new.took_ms is not null)
      execute function public.note_end()`)
}

/** Sums what the resets changed, and finds runs of one job of which one began before the other ended. */
async function audit() {
  return {
    resets: await rows(
      `select job, sum(changed)::int changed from zapfleet.job_runs where job like 'reset-%' group by 1 order by 1`,
    ),
    overlapping: await rows(
      `select a.* from zapfleet.job_runs a join public.run_ends e using (id)
       join zapfleet.job_runs b on a.job = b.job and a.id < b.id where b.started_at < e.ended_at`,
    ),
    failed: await rows<{ job: string; failed: string }>(
      'select job, failed from zapfleet.job_runs where failed is not null',
    ),
  }
}

it('of two schedulers one leads; when it stops, or dies during a round, the other leads, nothing is doubled or lost, and reserves stay right', async () => {
  for (const name of INSTANCES) simulator.control.addInstance({ name })
  // Full in windows that are over: only a reading that applies windows finds room.
  await pool.query(
    `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
     select n, 'connected', 2, 3, 2, 3, '2020-01-01', '2020-01-01' from unnest($1::text[]) n`,
    [INSTANCES],
  )

  // No scheduler runs yet, and reserves are right all the same.
  expect(await lastJobRuns(fleet)).toEqual([])
  expect(await pollingAge(fleet)).toBeNull()
  const sendAll = () =>
    Promise.allSettled(
      Array.from({ length: INSTANCES.length * 2 + 5 }, () => reserve(fleet, {}, { deadlineMs: 60_000 })),
    )
  const granted = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.filter((one) => one.status === 'fulfilled').length
  expect(granted(await sendAll())).toBe(INSTANCES.length * 2)

  const [a, b] = await Promise.all([start(), start()])
  await Promise.all([a, b].map((scheduler) => scheduler.logLine('the scheduler is ready')))
  await vi.waitFor(async () => expect(await holder()).not.toBeNull(), soon)
  const [first, second] = (await isLedBy(a)) ? [a, b] : [b, a]
  expect(await isLedBy(first)).toBe(true)
  await second.logLine('another scheduler leads; this one stands by')
  const standby = await fetch(`${(await second.logLine('the scheduler is ready')).address}/health/ready`)
  expect(standby.status).toBe(200)
  expect(await standby.json()).toMatchObject({ status: 'ready', leader: false })

  // A clean stop ends the present round (3.5 s are left for it) and releases the lease before the process exits.
  await freezeInRound(first, 500)
  first.child.kill('SIGTERM')
  first.child.kill('SIGCONT')
  expect(await first.exitCode()).toBe(0)
  expect(await isLedBy(first)).toBe(false)
  await vi.waitFor(async () => expect(await isLedBy(second)).toBe(true), soon)
  expect((await audit()).failed).toEqual([])

  // The leader dies inside a round; the other waits until its lease ends.
  const third = await start()
  await third.logLine('another scheduler leads; this one stands by')
  await freezeInRound(second, 2_000)
  const hold = () =>
    pool.query(`update zapfleet.leases set expires_at = clock_timestamp() + interval '20 seconds'`)
  await hold()
  const holding = setInterval(() => void hold(), 2_000)
  second.child.kill('SIGKILL')
  await second.exitCode()
  simulator.control.logoutFromPhone('n0')

  // The numbers are full, in windows that are over.
  await pool.query(
    `update whatsapp_instances set msgs_enviadas_hora = 2, msgs_enviadas_dia = 3, janela_hora = '2020-01-01', janela_dia = '2020-01-01'
     where nome <> 'n0'`,
  )
  await pool.query(`update whatsapp_instances set pausada = true where nome in ('n0', 'n1')`)
  await pool.query('truncate zapfleet.reservations')
  expect(granted(await sendAll())).toBe((INSTANCES.length - 2) * 2)
  expect(await isLedBy(second)).toBe(true)
  expect((await rows(`select status from whatsapp_instances where nome = 'n0'`))[0]).toEqual({
    status: 'connected',
  })

  clearInterval(holding)
  await pool.query('update zapfleet.leases set expires_at = clock_timestamp()')
  await vi.waitFor(async () => expect(await isLedBy(third)).toBe(true), soon)
  // The first round of the new leader finds what the dead one missed.
  await vi.waitFor(
    async () =>
      expect(await rows(`select status from whatsapp_instances where nome = 'n0'`)).toEqual([
        { status: 'disconnected' },
      ]),
    soon,
  )
  const [poll] = await lastJobRuns(fleet)
  expect(poll).toMatchObject({ job: 'health-poll', holder: await holder() })

  // The sends moved all windows but those of n1, which is paused: the new leader resets these.
  await vi.waitFor(
    async () =>
      expect((await audit()).resets).toEqual([
        { job: 'reset-day', changed: 1 },
        { job: 'reset-hour', changed: 1 },
      ]),
    soon,
  )
  const { overlapping, failed } = await audit()
  expect(overlapping).toEqual([])
  // The killed round and no other; the new leader's first run of the job marks it.
  expect(failed).toEqual([{ job: 'health-poll', failed: expect.stringContaining('its process ended') }])
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
  expect((await lastJobRuns(fleet)).map((run) => run.job)).toEqual([
    'health-poll',
    'reset-hour',
    'reset-day',
    'prune',
  ])
  expect((await checkAllInstances(callOf(fleet))).filter((one) => one.online)).toHaveLength(
    INSTANCES.length - 1,
  )
})
