import { createServer } from 'node:net'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { ADMIN_KEY, apiEnvironment, BOT_KEY } from './fleet-api.ts'

let database: TestDatabase
let simulator: Simulator
let running: AppProcess | null = null

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

async function start(
  environment: Record<string, string>,
  options: { ipc?: boolean } = {},
): Promise<AppProcess> {
  running = await runApp('api', environment, options)
  return running
}

const whole = () => apiEnvironment(database, simulator)

it('prints every problem of its environment at once, before it listens, and exits with 1', async () => {
  const api = await start({ PORT: 'http', ADMIN_API_KEY: 'short', FLEET_TIMEZONE: 'Mars/Olympus' })
  expect(await api.exitCode()).toBe(1)
  for (const name of [
    'PORT',
    'DATABASE_URL',
    'EVOLUTION_API_URL',
    'ADMIN_API_KEY',
    'BOT_API_KEY',
    'FLEET_TIMEZONE',
  ]) {
    expect(api.stderr()).toContain(name)
  }
  expect(api.stdout()).toBe('')
  expect(api.stderr()).not.toMatch(/short|\n {4}at /)
})

it('prints in one line that its port is taken, the port, and what to do, and exits with 1', async () => {
  const occupant = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => occupant.once('listening', resolve))
  const { port } = occupant.address() as { port: number }
  const api = await start({ ...whole(), PORT: String(port) })
  expect(await api.exitCode()).toBe(1)
  occupant.close()
  const words = api.stderr().trim()
  expect(words).toContain(`Port ${port} on 127.0.0.1 is taken`)
  expect(words).toContain('PORT=')
  expect(words.split('\n')).toHaveLength(1)
})

it('prints that the database does not answer, without its password, and exits with 1', async () => {
  const api = await start({ ...whole(), DATABASE_URL: 'postgres://fleet:pa55word@127.0.0.1:1/none' })
  expect(await api.exitCode()).toBe(1)
  expect(api.stderr()).toMatch(/The database cannot be used: .*ECONNREFUSED.*DATABASE_URL/)
  expect(api.stderr() + api.stdout()).not.toContain('pa55word')
})

it('seeds, listens, serves, and stops on SIGTERM with exit code 0, although a keep-alive connection is open', async () => {
  const api = await start({ ...whole(), SEED_INSTANCES: 'first, second' })
  const { address } = await api.logLine('the API is ready')
  const list = await fetch(`${address}/trpc/instance.list`, { headers: { 'x-api-key': BOT_KEY } })
  const { result } = (await list.json()) as { result: { data: { name: string }[] } }
  expect(result.data.map((instance) => instance.name)).toEqual(['first', 'second'])
  api.child.kill('SIGTERM')
  expect(await api.exitCode()).toBe(0)
  // It closed; the process was not cut after 5 s.
  expect(api.lines().map((line) => line.msg)).not.toContainEqual(expect.stringContaining('did not stop'))
  expect(api.stdout() + api.stderr()).not.toMatch(new RegExp(`${ADMIN_KEY}|${BOT_KEY}`))
})

it('serves after SIGTERM while it answers 503 at /health/ready and ends keep-alive connections; a second SIGTERM ends that', async () => {
  const api = await start({ ...whole(), SHUTDOWN_DELAY_MS: '60000' })
  const { address } = await api.logLine('the API is ready')
  const list = async () => {
    const answer = await fetch(`${address}/trpc/instance.list`, { headers: { 'x-api-key': BOT_KEY } })
    await answer.text()
    return [answer.status, answer.headers.get('connection')]
  }
  expect(await list()).toEqual([200, 'keep-alive'])
  api.child.kill('SIGTERM')
  const stop = await api.logLine('the API stops')
  expect(stop).toMatchObject({ why: 'SIGTERM', delayMs: 60_000 })
  const ready = await fetch(`${address}/health/ready`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ status: 'not_ready', reason: 'the API stops' })
  expect((await fetch(`${address}/health/live`)).status).toBe(200)
  expect(await list()).toEqual([200, 'close'])
  api.child.kill('SIGTERM')
  expect(await api.exitCode()).toBe(0)
})

it('stops when SHUTDOWN_DELAY_MS have passed since SIGTERM, and not before', async () => {
  const api = await start({ ...whole(), SHUTDOWN_DELAY_MS: '1500' })
  await api.logLine('the API is ready')
  const toldAtMs = performance.now()
  api.child.kill('SIGTERM')
  expect(await api.exitCode()).toBe(0)
  expect(performance.now() - toldAtMs).toBeGreaterThan(1_490)
})

it('stops when the process that started it over an IPC channel is gone', async () => {
  const api = await start({ ...whole(), ZAPFLEET_PARENT: '1' }, { ipc: true })
  await api.logLine('the API is ready')
  api.child.disconnect()
  expect(await api.exitCode()).toBe(0)
})
