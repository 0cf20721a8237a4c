import { migrate } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import {
  ADMIN_KEY,
  type AppProcess,
  BOT_KEY,
  runApp,
  type TestDatabase,
  testDatabase,
} from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

let database: TestDatabase
let simulator: Simulator
const PHONE = '5511977776666'
const CONNECTED = 'the websocket of Evolution is connected; outcomes of messages arrive by it'
const wait = { timeout: 60_000, interval: 100 }

beforeAll(async () => {
  database = await testDatabase()
  await migrate({ url: database.url, timeZone: 'America/Sao_Paulo' })
  simulator = await startSimulator({ timeScale: 0.01, websocket: { globalEvents: true } })
  simulator.control.addInstance({ name: 'vendas' })
  simulator.control.outcomes({ delivery: { afterMs: 20 }, read: { afterMs: 60 } })
  await sql(`insert into whatsapp_instances (nome, status) values ('vendas', 'connected')`)
})
afterAll(async () => {
  await simulator?.close()
  await database?.drop()
})

async function sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

async function startScheduler(environment: Record<string, string>): Promise<AppProcess> {
  const started = await runApp('scheduler', {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    SCHEDULER_PORT: '0',
    ...environment,
  })
  onTestFinished(() => started.end('SIGTERM'))
  return started
}

/** A message as a bot sends it that reserves, sends and never names the message. */
async function sendAsBot(contact: string): Promise<string> {
  const [row] = await sql(
    `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at)
     values (gen_random_uuid(), 'vendas', $1, 'sticky', 'kept', date_trunc('hour', now()), date_trunc('day', now()), now()) returning id`,
    [contact],
  )
  const answer = await fetch(`${simulator.url}/message/sendText/vendas`, {
    method: 'POST',
    headers: { apikey: simulator.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ number: contact, text: 'hello' }),
  })
  expect(answer.status).toBe(201)
  return String(row?.id)
}

const outcomeOf = async (id: string): Promise<unknown> =>
  (await sql('select outcome from zapfleet.reservations where id = $1', [id]))[0]?.outcome

test('the leading scheduler follows the websocket: outcomes of a bot that names no message arrive', async () => {
  const scheduler = await startScheduler({ EVOLUTION_WEBSOCKET: 'true' })
  await scheduler.logLine(CONNECTED)
  const first = await sendAsBot(PHONE)
  await expect.poll(() => outcomeOf(first), wait).toBe('read')

  // A connection that is lost is opened again.
  simulator.control.dropWebsockets()
  await expect
    .poll(() => scheduler.lines().filter((line) => /websocket/.test(String(line.msg))).length, wait)
    .toBe(3)
  await expect.poll(() => simulator.control.websocketClients(), wait).toBe(1)
  const second = await sendAsBot('5511977775555')
  await expect.poll(() => outcomeOf(second), wait).toBe('read')

  // A scheduler that does not lead follows nothing; it takes over when the leader ends.
  const standby = await startScheduler({ EVOLUTION_WEBSOCKET: 'true' })
  expect(simulator.control.websocketClients()).toBe(1)
  await scheduler.end('SIGTERM')
  await standby.logLine(CONNECTED)
  expect(simulator.control.websocketClients()).toBe(1)
  expect(JSON.stringify([scheduler.lines(), standby.lines()])).not.toContain(PHONE)
})

test('without EVOLUTION_WEBSOCKET no connection is opened', async () => {
  const scheduler = await startScheduler({})
  await scheduler.logLine('this scheduler leads')
  expect(simulator.control.websocketClients()).toBe(0)
})
