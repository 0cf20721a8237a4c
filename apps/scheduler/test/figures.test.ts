import { closeFleet, createKey, type Fleet, openFleet, silentLog } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'
import { isLoopback, listenForHealth, mayRead } from '@zapfleet/telemetry'
import { type TestDatabase, testDatabase } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

let database: TestDatabase
let fleet: Fleet
let opened: Fleet | null = null
let server: Awaited<ReturnType<typeof listenForHealth>>
beforeAll(async () => {
  database = await testDatabase()
  fleet = await openFleet({
    databaseUrl: database.url,
    timeZone: 'America/Sao_Paulo',
    evolution: createEvolution({ url: 'http://127.0.0.1:9', apiKey: 'nobody' }),
    log: silentLog,
  })
  const figures = {
    contentType: 'text/plain',
    text: async () => 'zapfleet_leader 1\n',
    open: false,
    mayRead: (key: string | null) => mayRead(opened, key),
  }
  server = await listenForHealth(
    { program: 'scheduler', host: '127.0.0.1', port: 0, defaultPort: 3334, variable: 'SCHEDULER_PORT' },
    async () => ({ ready: true }),
    figures,
    silentLog,
  )
})
afterAll(async () => {
  await server?.close()
  if (fleet) await closeFleet(fleet)
  await database?.drop()
})

it('metrics that are not open are readable with a key of the database of role viewer or admin only', async () => {
  const read = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${server.address}/metrics`, { headers })).status
  const secretOf = async (role: 'bot' | 'viewer' | 'admin', pools: string[] | null = null) =>
    (await createKey(fleet, { role, label: role, pools }, { id: null, label: 'a test' })).secret
  const viewer = await secretOf('viewer')
  // While there is no database yet, no key is valid.
  expect(await read({ authorization: `Bearer ${viewer}` })).toBe(401)
  opened = fleet
  expect(await read({ authorization: `Bearer ${viewer}` })).toBe(200)
  expect(await read({ 'x-api-key': await secretOf('admin') })).toBe(200)
  expect(await read({ 'x-api-key': await secretOf('bot') })).toBe(401)
  // The figures concern the whole fleet.
  expect(await read({ 'x-api-key': await secretOf('viewer', ['vendas']) })).toBe(401)
  expect(await read({ 'x-api-key': `${viewer}x` })).toBe(401)
  expect(await read({})).toBe(401)
  expect((await fetch(`${server.address}/health/live`)).status).toBe(200)
})

it.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
])('a listener on %s is reachable from this machine only: %s', (host, alone) => {
  expect(isLoopback(host)).toBe(alone)
})
