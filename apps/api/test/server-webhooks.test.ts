import {
  addServer,
  callOf,
  DEFAULT_SERVER,
  globalWebhookUrl,
  readWebhookSecret,
  serverSecret,
  waitForEvents,
  waitForHints,
} from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, call, type FleetApi, mutate, startFleetApi } from './fleet-api.ts'

let api: FleetApi
let second: Simulator
let secret: string
beforeAll(async () => {
  api = await startFleetApi({ webhooks: true })
  second = await startSimulator({ timeScale: 0.01 })
  await addServer(callOf(api.fleet), { name: 'b', url: second.url, apiKey: second.apiKey })
  secret = await readWebhookSecret(api.fleet)
  for (const [name, server, simulator] of [
    ['on-a', DEFAULT_SERVER, api.simulator],
    ['on-b', 'b', second],
  ] as const) {
    expect((await mutate(api, 'instance.create', { name, server })).status).toBe(200)
    simulator.control.scan(name)
    expect((await mutate(api, 'instance.qrCode', { name })).body.result.data.state).toBe('already_connected')
  }
})
afterAll(async () => {
  await second?.close()
  await api?.close()
})

let count = 0
const fallen = (instance: string) => ({
  event: 'connection.update',
  instance,
  data: { instance, state: 'close', statusReason: 403 },
  date_time: `2026-11-30T10:00:00.${String(count++).padStart(3, '0')}Z`,
})
const written = (instance: string, jid: string) => ({
  event: 'messages.upsert',
  instance,
  data: {
    key: { id: `3EB0${String(count++).padStart(16, '0')}`, fromMe: false, remoteJid: jid },
    message: { conversation: 'hello' },
    messageType: 'conversation',
    messageTimestamp: Math.floor(Date.now() / 1_000),
  },
})

const post = (path: string, body: unknown, presented?: string) =>
  call(`${api.address}${path}`, {
    raw: JSON.stringify(body),
    headers: presented === undefined ? {} : { 'x-zapfleet-webhook': presented },
  })
const contact = async (id: string): Promise<string | null> =>
  (await call(`${api.address}/v1/contacts/${id}`, { key: ADMIN_KEY })).body.preferredInstance

describe('the webhooks of an added server', () => {
  it('are set with the address and the secret of this server', async () => {
    const { evolution } = (await api.fleet.servers.find('b')) ?? {}
    expect(await evolution?.findWebhook('on-b')).toMatchObject({
      url: expect.stringMatching(/\/webhooks\/evolution\/servers\/b$/),
      headers: { 'x-zapfleet-webhook': serverSecret(secret, 'b') },
    })
    expect(serverSecret(secret, 'b')).not.toBe(secret)
    expect(serverSecret(secret, 'b')).not.toBe(serverSecret(secret, 'c'))
  })

  it('report a ban within a moment, read from that server', async () => {
    await waitForHints(api.fleet)
    second.control.ban('on-b')
    await expect
      .poll(async () => (await call(`${api.address}/v1/instances/on-b`, { key: ADMIN_KEY })).body.status, {
        timeout: 20_000,
      })
      .toBe('banned')
  })

  it('take the secret of no other server', async () => {
    const path = '/webhooks/evolution/servers/b'
    expect((await post(path, fallen('on-b'), serverSecret(secret, 'b'))).status).toBe(200)
    for (const wrong of [undefined, secret, serverSecret(secret, 'c'), ''])
      expect((await post(path, fallen('on-b'), wrong)).status).toBe(401)
    expect((await post('/webhooks/evolution', fallen('on-a'), serverSecret(secret, 'b'))).status).toBe(401)
  })

  it('record no message to a number of another server', async () => {
    const path = '/webhooks/evolution/servers/b'
    const presented = serverSecret(secret, 'b')
    expect((await post(path, written('on-a', '5511955550001@s.whatsapp.net'), presented)).status).toBe(200)
    expect((await post(path, written('on-b', '5511955550002@s.whatsapp.net'), presented)).status).toBe(200)
    await waitForEvents(api.fleet)
    expect([await contact('5511955550001'), await contact('5511955550002')]).toEqual([null, 'on-b'])
  })

  it('have a global address of their own', async () => {
    const path = (server: string) => new URL(globalWebhookUrl(api.address, secret, server)).pathname
    expect(path('b')).not.toBe(path(DEFAULT_SERVER))
    expect((await post(path('b'), written('on-a', '5511955550003@s.whatsapp.net'))).status).toBe(200)
    expect((await post(path('b'), written('on-b', '5511955550004@s.whatsapp.net'))).status).toBe(200)
    expect((await post(path('unknown'), written('on-b', '5511955550005@s.whatsapp.net'))).status).toBe(404)
    await waitForEvents(api.fleet)
    expect([await contact('5511955550003'), await contact('5511955550004')]).toEqual([null, 'on-b'])
  })
})
