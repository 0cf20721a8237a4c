import { createServer } from 'node:net'
import { migrate } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, emptyDatabase, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'

let database: TestDatabase
let simulator: Simulator
const running: AppProcess[] = []

beforeAll(async () => {
  database = await testDatabase()
  simulator = await startSimulator({ timeScale: 0.01 })
})
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await simulator?.close()
  await database?.drop()
})

/** How long the stop took by the clock of the process; it has ended. */
function stopTookMs(scheduler: AppProcess): number {
  const begun = scheduler.lines().find((line) => line.msg === 'the scheduler stops')
  return Number(scheduler.lines().at(-1)?.time) - Number(begun?.time)
}

async function start(
  environment: Record<string, string>,
  options: { ipc?: boolean } = {},
): Promise<AppProcess> {
  const started = await runApp(
    'scheduler',
    {
      DATABASE_URL: database.url,
      EVOLUTION_API_URL: simulator.url,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: 'zf_admin_for-tests-only-0123456789',
      BOT_API_KEY: 'zf_bot_for-tests-only-0123456789',
      HEALTH_POLL_CRON: '* * * * * *',
      SCHEDULER_PORT: '0',
      ...environment,
    },
    options,
  )
  running.push(started)
  return started
}

async function sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<Row>(text)
  await client.end()
  return rows
}

const wait = { timeout: 60_000, interval: 50 }

/** Adds the fault to each read of a state, and waits until a health round meets it. */
async function roundMeets(fault: { kind: 'delay'; ms: number } | { kind: 'hang' }): Promise<void> {
  const route = '/instance/connectionState'
  simulator.control.fault({ ...fault, match: { route } })
  simulator.control.resetCalls()
  await vi.waitFor(() => expect(simulator.control.calls({ route })).not.toEqual([]), wait)
}

async function occupy(port: number): Promise<{ port: number; free(): void } | null> {
  const occupant = createServer()
  return new Promise((resolve) => {
    occupant.once('error', () => resolve(null))
    occupant.listen(port, '127.0.0.1', () => {
      const taken = occupant.address() as { port: number }
      resolve({ port: taken.port, free: () => occupant.close() })
    })
  })
}

it('polls, resets counters, serves its health, and ends a running round before it stops on SIGTERM with exit code 0', async () => {
  await sql(`insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
    values ('loja', 'disconnected', 7, 9, now() - interval '2 hours', now() - interval '2 days')`)
  simulator.control.addInstance({ name: 'loja' })
  const scheduler = await start({})
  const { address } = await scheduler.logLine('the scheduler is ready')

  const stored = () =>
    sql<{ status: string; hour: number; day: number }>(
      `select status, msgs_enviadas_hora as hour, msgs_enviadas_dia as day from whatsapp_instances where nome = 'loja'`,
    )
  await vi.waitFor(
    async () => expect(await stored()).toEqual([{ status: 'connected', hour: 0, day: 0 }]),
    wait,
  )
  await vi.waitFor(async () => {
    const ready = await fetch(`${address}/health/ready`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      leader: true,
      pollingAgeMs: expect.any(Number),
      lagMs: expect.any(Number),
      jobs: {
        'health-poll': { startedAt: expect.any(String), failed: null },
        'reset-hour': { changed: 1, failed: null },
        'reset-day': { changed: 1, failed: null },
        prune: { changed: 0, failed: null },
      },
    })
  }, wait)
  expect(await (await fetch(`${address}/health/live`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${address}/health/live`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${address}/`)).status).toBe(404)

  // A round whose answers are slow is in progress when the stop comes.
  await roundMeets({ kind: 'delay', ms: 1_200 })
  scheduler.child.kill('SIGTERM')
  expect(await scheduler.exitCode()).toBe(0)
  expect(scheduler.lines().at(-1)).toMatchObject({ msg: 'the scheduler stopped' })
  simulator.control.clearFaults()
  expect(await sql('select * from zapfleet.job_runs where took_ms is null or failed is not null')).toEqual([])
  expect(
    await sql(
      `select took_ms > 1000 slow from zapfleet.job_runs where job = 'health-poll' order by id desc limit 1`,
    ),
  ).toEqual([{ slow: true }])
  expect(await sql('select * from zapfleet.leases')).toEqual([])
})

it('answers that it waits for a database that is not migrated yet, and starts when it is', async () => {
  const empty = await emptyDatabase()
  const taken = await occupy(3_334)
  try {
    // No port is configured, and the default is used.
    const scheduler = await start({ DATABASE_URL: empty.url, SCHEDULER_PORT: '' })
    expect(await scheduler.logLine('waiting for the database')).toMatchObject({
      level: 'warn',
      reason: expect.any(String),
    })
    const warning = scheduler.lines().find((line) => String(line.msg).startsWith('port 3334 is taken'))
    expect(warning).toMatchObject({ level: 'warn', port: expect.any(Number) })
    const address = `http://127.0.0.1:${warning?.port}`
    expect(await (await fetch(`${address}/health/live`)).json()).toEqual({ status: 'ok' })
    const ready = await fetch(`${address}/health/ready`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({
      status: 'not_ready',
      leader: false,
      reason: 'waiting for the database',
    })
    await migrate({ url: empty.url, timeZone: 'America/Sao_Paulo' })
    expect((await scheduler.logLine('the scheduler is ready')).address).toBe(address)
    scheduler.child.kill('SIGTERM')
    expect(await scheduler.exitCode()).toBe(0)
  } finally {
    taken?.free()
    await empty.drop()
  }
})

it('exits with 1 and one line with what to do: another time zone, no cron pattern, a configured port that is taken', async () => {
  const taken = await occupy(0)
  const problems: [Record<string, string>, string[]][] = [
    [{ FLEET_TIMEZONE: 'Europe/Lisbon' }, ['Europe/Lisbon', 'America/Sao_Paulo']],
    [{ HEALTH_POLL_CRON: '99 * * * *' }, ['"99 * * * *" is no cron pattern']],
    [
      { SCHEDULER_PORT: String(taken?.port) },
      [`Port ${taken?.port}`, `SCHEDULER_PORT=${(taken?.port ?? 0) + 1}`],
    ],
  ]
  await Promise.all(
    problems.map(async ([environment, words]) => {
      const scheduler = await start(environment)
      expect(await scheduler.exitCode()).toBe(1)
      for (const word of words) expect(scheduler.stderr()).toContain(word)
      expect(scheduler.stderr().trim().split('\n')).toHaveLength(1)
    }),
  )
  taken?.free()
})

it('stops on a signal while it still waits, and when the parent process is gone', async () => {
  const empty = await emptyDatabase()
  const waiting = await start({ DATABASE_URL: empty.url })
  const orphan = await start({ ZAPFLEET_PARENT: '1' }, { ipc: true })
  await waiting.logLine('waiting for the database')
  waiting.child.kill('SIGINT')
  expect(await waiting.exitCode()).toBe(0)
  await empty.drop()

  // This one is in a round that will not end in time.
  await orphan.logLine('this scheduler leads')
  await roundMeets({ kind: 'hang' })
  orphan.child.disconnect()
  expect(await orphan.exitCode()).toBe(0)
  expect(stopTookMs(orphan)).toBeGreaterThan(3_000)
  // The run was cut, not the process.
  expect(orphan.lines().map((line) => line.msg)).toContain(
    'jobs still ran 3500 ms after the stop and are cut',
  )
  expect(orphan.lines().at(-1)).toMatchObject({ msg: 'the scheduler stopped' })
  simulator.control.clearFaults()
  expect(
    await sql(`select failed from zapfleet.job_runs where job = 'health-poll' order by id desc limit 1`),
  ).toEqual([{ failed: 'cut: the scheduler stopped before the run ended' }])
  expect(await sql('select * from zapfleet.leases')).toEqual([])
})

it('merges rows that are stored under several ids of a contact when it begins to lead', async () => {
  await sql(`insert into zapfleet.contacts (id, preferred_instance) values ('554788887777', 'vendas-01')`)
  await start({})
  const merged = () => sql(`select preferred_instance from zapfleet.contacts where id = '5547988887777'`)
  await vi.waitFor(async () => expect(await merged()).toEqual([{ preferred_instance: 'vendas-01' }]), wait)
})
