import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeFleet, createRoute, createSealer, type Fleet, openFleet, silentLog } from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const SECRET = 'test-secret-0123456789-abcdefghijkl'

let database: TestDatabase
let simulator: Simulator
let evolution: Evolution
let fleet: Fleet
let pool: pg.Pool
let receiver: Server
/** Ids of notices about the alerts of this test, in the order of their arrival. */
const received: string[] = []
let answer: (response: ServerResponse, id: string) => void
const running: AppProcess[] = []

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
    sealer: createSealer(SECRET),
    log: silentLog,
  })
  receiver = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const id = String(request.headers['webhook-id'])
    if (text.includes('planted-')) {
      received.push(id)
      answer(response, id)
    } else response.writeHead(204).end()
  })
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  receiver?.closeAllConnections()
  receiver?.close()
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
    ZAPFLEET_SECRET: SECRET,
    ALERTS_ALLOW_PRIVATE: 'true',
    SCHEDULER_PORT: '0',
  })
  running.push(scheduler)
  return scheduler
}

/** Stores an alert that is over, and a digest of it. Returns the id of the digest. The rules open and close other alerts meanwhile. */
async function notify(subject: string): Promise<string> {
  const { rows } = await pool.query(
    `with a as (insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at, closed_at)
       values (gen_random_uuid(), 'number_banned', 'critical', $1, '{}', clock_timestamp(), clock_timestamp()) returning id)
     insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before)
     select gen_random_uuid(), 'hook', 'digest', array[a.id], clock_timestamp(), clock_timestamp() from a returning id`,
    [subject],
  )
  return rows[0].id
}

const soon = { timeout: 120_000, interval: 50 }

it('a leader that is killed in the middle of a message costs one repetition, with the same id', async () => {
  const { port } = receiver.address() as AddressInfo
  await createRoute(fleet, {
    name: 'hook',
    kind: 'webhook',
    url: `http://127.0.0.1:${port}/`,
    minSeverity: 'critical',
    quietHours: null,
    language: 'en',
  })
  answer = (response) => void response.writeHead(204).end()
  const first = await start()
  await first.logLine('this scheduler leads')
  const before = await notify('planted-one')
  await vi.waitFor(() => expect(received).toEqual([before]), soon)
  // The receiver has the message, and the leader never reads that it does.
  answer = () => {}
  const inFlight = await notify('planted-two')
  await vi.waitFor(() => expect(received).toEqual([before, inFlight]), soon)
  await first.end('SIGKILL')

  answer = (response) => void response.writeHead(204).end()
  const next = await start()
  await next.logLine('this scheduler leads')
  const after = await notify('planted-three')
  const isSent = async () =>
    (
      await pool.query('select sent_at is not null sent from zapfleet.alert_notices where id = any($1)', [
        [inFlight, after],
      ])
    ).rows
  await vi.waitFor(async () => expect(await isSent()).toEqual([{ sent: true }, { sent: true }]), soon)
  expect(received.filter((id) => id === before)).toHaveLength(1)
  expect(received.filter((id) => id === inFlight)).toHaveLength(2)
  expect(received.filter((id) => id === after)).toHaveLength(1)
  const { address } = await next.logLine('the scheduler is ready')
  const figures = await (await fetch(`${address}/metrics`)).text()
  expect(figures).toMatch(/zapfleet_alert_deliveries_total\{route="hook",outcome="accepted"[^}]*\} \d+/)
})
