import { migrate } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { emptyDatabase, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { type MainProcess, runMain } from './run-main.ts'

let database: TestDatabase
let simulator: Simulator
let running: MainProcess | null = null

beforeAll(async () => {
  database = await testDatabase()
  simulator = await startSimulator({ timeScale: 0.01 })
})
afterEach(() => {
  running?.child.kill('SIGKILL')
  running = null
})
afterAll(async () => {
  await simulator?.close()
  await database?.drop()
})

function start(environment: Record<string, string>, options: { ipc?: boolean } = {}): MainProcess {
  running = runMain(
    {
      DATABASE_URL: database.url,
      EVOLUTION_API_URL: simulator.url,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: 'zf_admin_for-tests-only-0123456789',
      BOT_API_KEY: 'zf_bot_for-tests-only-0123456789',
      HEALTH_POLL_CRON: '* * * * * *',
      ...environment,
    },
    options,
  )
  return running
}

async function sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<Row>(text)
  await client.end()
  return rows
}

it('reads the health of the fleet round after round, tidies old windows, and stops on SIGTERM with exit code 0', async () => {
  await sql(`insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
    values ('loja', 'disconnected', 7, 9, '2020-01-01', '2020-01-01')`)
  simulator.control.addInstance({ name: 'loja' })
  const scheduler = start({})
  await scheduler.logLine('the scheduler is ready')

  const stored = () =>
    sql<{ status: string; hour: number; day: number }>(
      `select status, msgs_enviadas_hora as hour, msgs_enviadas_dia as day from whatsapp_instances where nome = 'loja'`,
    )
  const wait = { timeout: 20_000, interval: 100 }
  await vi.waitFor(
    async () => expect(await stored()).toEqual([{ status: 'connected', hour: 0, day: 0 }]),
    wait,
  )
  simulator.control.logoutFromPhone('loja')
  await vi.waitFor(async () => expect((await stored())[0]?.status).toBe('disconnected'), wait)

  const startedAtMs = performance.now()
  scheduler.child.kill('SIGTERM')
  expect(await scheduler.exitCode()).toBe(0)
  expect(performance.now() - startedAtMs).toBeLessThan(5_000)
})

it('waits for a database that is not migrated yet, saying so, and starts when it is', async () => {
  const empty = await emptyDatabase()
  const scheduler = start({ DATABASE_URL: empty.url })
  expect(await scheduler.logLine('waiting for the database')).toMatchObject({
    level: 'warn',
    reason: expect.any(String),
  })
  await migrate({ url: empty.url, timeZone: 'America/Sao_Paulo' })
  await scheduler.logLine('the scheduler is ready')
  scheduler.child.kill('SIGTERM')
  expect(await scheduler.exitCode()).toBe(0)
  await empty.drop()
})

it('refuses to count days in another time zone than the fleet, at once, and says how to change it', async () => {
  const scheduler = start({ FLEET_TIMEZONE: 'Europe/Lisbon' })
  expect(await scheduler.exitCode()).toBe(1)
  expect(scheduler.stderr()).toContain('Europe/Lisbon')
  expect(scheduler.stderr()).toContain('America/Sao_Paulo')
})

it('stops when told to while it still waits, and when the process that started it is gone', async () => {
  const empty = await emptyDatabase()
  const waiting = start({ DATABASE_URL: empty.url })
  await waiting.logLine('waiting for the database')
  waiting.child.kill('SIGINT')
  expect(await waiting.exitCode()).toBe(0)
  await empty.drop()

  const orphan = start({ ZAPFLEET_PARENT: '1' }, { ipc: true })
  await orphan.logLine('the scheduler is ready')
  orphan.child.disconnect()
  expect(await orphan.exitCode()).toBe(0)
})
