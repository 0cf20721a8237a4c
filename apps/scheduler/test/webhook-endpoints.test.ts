import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeFleet, createEndpoint, createSealer, type Fleet, openFleet, silentLog } from '@zapfleet/core'
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
const received: string[] = []
/** Decides on the event with this id. */
let answer: (response: ServerResponse, id: string) => void | Promise<void>
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
  receiver = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    received.push(id)
    request.resume()
    void answer(response, id)
  })
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  await pool.query(`insert into public.whatsapp_instances (nome, status) values ('loja', 'connected')`)
  simulator.control.addInstance({ name: 'loja' })
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
    SCHEDULER_PORT: '0',
  })
  running.push(scheduler)
  return scheduler
}

/** Stores events of the instance. Returns the ids that their deliveries begin with. */
async function change(count: number): Promise<string[]> {
  const { rows } = await pool.query(
    `insert into zapfleet.events (id, type, instance_name, at, facts)
     select zapfleet.next_event_id(), 'settings', i.nome, clock_timestamp(), zapfleet.instance_facts(i)
     from public.whatsapp_instances i, generate_series(1, $1) order by 1 returning id`,
    [count],
  )
  return rows.map(({ id }) => `instance-${id}`)
}

const soon = { timeout: 120_000, interval: 50 }

it('a leader that is killed repeats what was in flight, with the same id, and the next leader loses nothing', async () => {
  const { port } = receiver.address() as AddressInfo
  await createEndpoint(fleet, { name: 'bot', url: `http://127.0.0.1:${port}/`, events: ['instance'] })
  let made: (ids: string[]) => void = () => {}
  const known = new Promise<string[]>((resolve) => {
    made = resolve
  })
  // The third event gets no answer.
  answer = async (response, id) => {
    const third = (await known)[2]
    if (third === undefined || !id.startsWith(`${third}-`)) response.writeHead(204).end()
  }
  const first = await start()
  await first.logLine('this scheduler leads')
  const ids = await change(6)
  made(ids)
  /** Of these events alone: a health round stores events too. */
  const arrived = () => received.filter((id) => ids.some((one) => id.startsWith(`${one}-`)))
  const parts = () => arrived().map((id) => id.split('-').slice(0, 2).join('-'))
  await vi.waitFor(() => expect(parts()).toEqual(ids.slice(0, 3)), soon)
  await first.end('SIGKILL')

  answer = (response) => void response.writeHead(204).end()
  const next = await start()
  await vi.waitFor(() => expect(parts()).toEqual([...ids.slice(0, 3), ...ids.slice(2)]), soon)
  const [, , inFlight, repeated] = arrived()
  expect(repeated).toBe(inFlight)
  const { address } = await next.logLine('the scheduler is ready')
  await vi.waitFor(async () => {
    const figures = await (await fetch(`${address}/metrics`)).text()
    const [, count = '0'] =
      /zapfleet_webhook_deliveries_total\{endpoint="bot",outcome="accepted"[^}]*\} (\d+)/.exec(figures) ?? []
    expect(Number(count)).toBeGreaterThanOrEqual(4)
  }, soon)
})
