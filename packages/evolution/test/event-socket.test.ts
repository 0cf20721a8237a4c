import { startSimulator } from '@zapfleet/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { type EventSocketOptions, openEventSocket } from '../src/index.ts'

const EVENTS = ['send.message', 'messages.update', 'messages.upsert']

async function evolution(allowedHosts: string[] = []) {
  const simulator = await startSimulator({ timeScale: 0.01, websocket: { globalEvents: true, allowedHosts } })
  onTestFinished(() => simulator.close())
  simulator.control.addInstance({ name: 'vendas' })
  return simulator
}

async function follow(options: Pick<EventSocketOptions, 'url' | 'apiKey'>) {
  const bodies: unknown[] = []
  const changes: { connected: boolean; reason: string | null }[] = []
  const socket = await openEventSocket({
    ...options,
    events: EVENTS,
    onEvent: (body) => bodies.push(body),
    onChange: (change) => changes.push(change),
  })
  onTestFinished(() => socket.close())
  return { socket, bodies, changes }
}

test('receives the events about messages of every instance, and no others', async () => {
  const { url, apiKey, control } = await evolution()
  const { bodies, changes, socket } = await follow({ url, apiKey })
  await expect.poll(() => changes).toEqual([{ connected: true, reason: null }])
  expect(socket.isConnected()).toBe(true)
  control.drop('vendas')
  control.recover('vendas')
  control.inbound('vendas', { from: '5511977776666' })
  await expect
    .poll(() => bodies)
    .toMatchObject([
      {
        event: 'messages.upsert',
        instance: 'vendas',
        data: { key: { remoteJid: '5511977776666@s.whatsapp.net' } },
      },
    ])
})

test('connects again after the connection is lost, and states both', async () => {
  const { url, apiKey, control } = await evolution()
  const { changes } = await follow({ url, apiKey })
  await expect.poll(() => changes.at(-1)?.connected).toBe(true)
  control.dropWebsockets()
  await expect.poll(() => changes.map(({ connected }) => connected)).toEqual([true, false, true])
})

test('states why it is refused, without the key', async () => {
  const { url } = await evolution()
  const { changes, socket } = await follow({ url, apiKey: 'a-wrong-key' })
  await expect.poll(() => changes.length).toBeGreaterThan(0)
  expect(changes[0]).toMatchObject({ connected: false, reason: expect.any(String) })
  expect(JSON.stringify(changes)).not.toContain('a-wrong-key')
  expect(socket.isConnected()).toBe(false)
})

test('receives nothing once it is closed', async () => {
  const { url, apiKey, control } = await evolution()
  const { changes, bodies, socket } = await follow({ url, apiKey })
  await expect.poll(() => changes.length).toBe(1)
  socket.close()
  control.inbound('vendas', { from: '5511977776666' })
  await expect.poll(() => control.websocketClients()).toBe(0)
  expect([bodies, changes.length]).toEqual([[], 1])
})

test('refuses an address that is none', async () => {
  await expect(follow({ url: 'evolution', apiKey: 'key' })).rejects.toThrow(TypeError)
})
