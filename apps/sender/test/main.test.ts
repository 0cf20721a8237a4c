import { callOf, closeFleet, type Fleet, getMessage, openFleet, sendMessage, silentLog } from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

let database: TestDatabase
let simulator: Simulator
let evolution: Evolution
let fleet: Fleet
const running: AppProcess[] = []
const wait = { timeout: 60_000, interval: 50 }

beforeAll(async () => {
  database = await testDatabase()
  simulator = await startSimulator({ timeScale: 0 })
  evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
  fleet = await openFleet({
    databaseUrl: database.url,
    timeZone: 'America/Sao_Paulo',
    evolution,
    log: silentLog,
  })
})
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await closeFleet(fleet)
  await evolution.close()
  await simulator.close()
  await database.drop()
})

async function start(): Promise<AppProcess> {
  const started = await runApp('sender', {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: 'zf_admin_for-tests-only-0123456789',
    BOT_API_KEY: 'zf_bot_for-tests-only-0123456789',
    SENDER_PORT: '0',
  })
  running.push(started)
  return started
}

const arrived = (): number => simulator.control.sent().length

it('sends messages that waited, shows its readiness, and stores what is in flight before it stops on SIGTERM', async () => {
  await fleet.sql.prisma.instance.create({ data: { name: 'a', status: 'disconnected' } })
  const send = (text: string) => sendMessage(callOf(fleet), { to: '5511977776666', text, validForS: 600 })
  const first = await send('1')
  expect(first.state).toBe('queued')
  const sender = await start()
  const { address } = (await sender.logLine('the sender is ready')) as { address: string }
  // The attempt of the message that waits for a number may still be running.
  expect(await (await fetch(`${address}/health/ready`)).json()).toEqual({
    status: 'ready',
    inFlight: expect.any(Number),
  })
  simulator.control.addInstance({ name: 'a' })
  await fleet.sql.prisma.instance.update({ where: { name: 'a' }, data: { status: 'connected' } })
  await expect.poll(async () => (await getMessage(fleet, first)).state, wait).toBe('sent')
  expect(await (await fetch(`${address}/metrics`)).text()).toContain(
    'zapfleet_messages_total{state="sent"} 1',
  )

  // A contact of the queue, so that the sender and not this process sends it.
  await fleet.sql.prisma.instance.update({ where: { name: 'a' }, data: { paused: true } })
  const second = await send('2')
  simulator.control.whatsappLatency(1_500)
  await fleet.sql.prisma.instance.update({ where: { name: 'a' }, data: { paused: false } })
  await expect.poll(async () => (await getMessage(fleet, second)).state, wait).toBe('sending')
  sender.child.kill('SIGTERM')
  expect(await sender.exitCode()).toBe(0)
  expect([(await getMessage(fleet, second)).state, arrived()]).toEqual(['sent', 2])
})
