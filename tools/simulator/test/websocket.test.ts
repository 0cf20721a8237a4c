import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorOptions } from '../src/index.ts'
import { type Json, openSimulator, soon } from './open-simulator.ts'

const hello = { number: '5511977776666', text: 'hello' }
const opened: Socket[] = []

afterEach(() => {
  for (const socket of opened.splice(0)) socket.disconnect()
})

/** A client of a namespace, with what it received and why it was refused. */
function openClient(url: string, namespace = '/', more: object = {}) {
  const socket = io(url + namespace, { forceNew: true, reconnection: false, ...more })
  opened.push(socket)
  const got: { word: string; content: Json }[] = []
  const errors: Json[] = []
  socket.onAny((word, content) => got.push({ word, content }))
  socket.on('connect_error', (error) => errors.push(error))
  return { socket, got, errors, words: () => got.map((one) => one.word) }
}

async function simulatorWithW1(websocket: NonNullable<SimulatorOptions['websocket']>) {
  const simulator = await openSimulator({ websocket })
  const { token } = simulator.control.addInstance({ name: 'w1' })
  const send = () => simulator.call('POST', '/message/sendText/w1', { body: hello })
  const subscribe = (events: string[]) =>
    simulator.call('POST', '/websocket/set/w1', { body: { websocket: { enabled: true, events } } })
  return { ...simulator, token, send, subscribe }
}

describe('the websocket', () => {
  it.each([['websocket'], ['polling']])(
    'with global events sends all of all instances by %s',
    async (transport) => {
      const { url, control, send, token } = await simulatorWithW1({ globalEvents: true })
      control.addInstance({ name: 'w2' })
      const client = openClient(url, '/', { transports: [transport] })
      await soon(() => client.socket.connected).toBe(true)
      const sent = await send()
      control.inbound('w2', { from: hello.number })
      await soon(client.words).toEqual(expect.arrayContaining(['send.message', 'messages.upsert']))
      const { content } = client.got.find((one) => one.word === 'send.message') ?? {}
      expect(content).toMatchObject({ event: 'send.message', instance: 'w1', data: sent.body, apikey: token })
      expect(content).not.toHaveProperty('destination')
    },
  )

  it('without global events is silent at the root, and has a namespace for each instance after its first event', async () => {
    const { url, send, subscribe } = await simulatorWithW1({})
    const early = openClient(url, '/w1')
    await soon(() => early.errors.map((error) => error.message)).toEqual(['Invalid namespace'])
    const set = await subscribe(['SEND_MESSAGE'])
    expect(set.status).toBe(201)
    expect(set.body).toMatchObject({ enabled: true, events: ['SEND_MESSAGE'] })
    await send()
    const root = openClient(url)
    const own = openClient(url, '/w1')
    await soon(() => root.socket.connected && own.socket.connected).toBe(true)
    await send()
    // The first event was before: nothing is repeated.
    await soon(own.words).toEqual(['send.message'])
    expect(root.got).toEqual([])
  })

  it('sends nothing again that happened while a client was away', async () => {
    const { url, control, send } = await simulatorWithW1({ globalEvents: true })
    const client = openClient(url)
    await soon(() => client.socket.connected).toBe(true)
    control.dropWebsockets()
    await soon(() => client.socket.connected).toBe(false)
    await send()
    client.socket.connect()
    await soon(() => client.socket.connected).toBe(true)
    control.inbound('w1', { from: hello.number })
    await soon(client.words).toContain('messages.upsert')
    expect(client.words()).not.toContain('send.message')
  })

  it('needs a key from peers that are not allowed: the global one or any token, in query or header', async () => {
    const { url, apiKey, token } = await simulatorWithW1({ globalEvents: true, allowedHosts: [] })
    const refused = async (query: string) => {
      const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling${query}`)
      return [answer.status, await answer.json()]
    }
    expect(await refused('')).toEqual([403, { code: 4, message: 'apiKey is required' }])
    expect(await refused('&apikey=wrong')).toEqual([403, { code: 4, message: 'Invalid global token' }])
    const stranger = openClient(url, '/', { transports: ['websocket'] })
    await soon(() => stranger.errors).toHaveLength(1)
    const clients = [
      openClient(url, '/', { query: { apikey: apiKey } }),
      openClient(url, '/', { query: { apikey: token } }),
      openClient(url, '/', { extraHeaders: { apikey: apiKey } }),
    ]
    await soon(() => clients.every((client) => client.socket.connected)).toBe(true)
  })

  it('does not wait for webhooks', async () => {
    // With real delays the retries of the webhook last 20 minutes.
    const { url, call, control } = await openSimulator({ timeScale: 1, websocket: { globalEvents: true } })
    control.addInstance({ name: 'w1', webhook: { url: 'http://127.0.0.1:9/', events: ['SEND_MESSAGE'] } })
    const client = openClient(url)
    await soon(() => client.socket.connected).toBe(true)
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(client.words).toContain('send.message')
  })

  it('loses its clients and namespaces when Evolution restarts, and its clients in an outage', async () => {
    const { url, control, send, subscribe } = await simulatorWithW1({})
    await subscribe([])
    await send()
    const client = openClient(url, '/w1')
    await soon(() => client.socket.connected).toBe(true)
    control.restartEvolution({ absentMs: 60_000 })
    await soon(() => client.socket.connected).toBe(false)
    expect(control.websocketClients()).toBe(0)
    const again = openClient(url, '/w1')
    await soon(() => again.errors.map((error) => error.message)).toEqual(['Invalid namespace'])
    const root = openClient(url)
    await soon(() => root.socket.connected).toBe(true)
    await control.outage('refuse')
    await soon(() => root.socket.connected).toBe(false)
    await control.outage(null)
    root.socket.connect()
    await soon(() => root.socket.connected).toBe(true)
  })
})

describe('websocket/find', () => {
  it('answers null when nothing is set, what is set, and an empty body when the feature is off', async () => {
    const { call, subscribe } = await simulatorWithW1({})
    expect((await call('GET', '/websocket/find/w1')).body).toBeNull()
    const { body } = await subscribe(['SEND_MESSAGE'])
    expect((await call('GET', '/websocket/find/w1')).body).toEqual(body)
    const off = await openSimulator()
    off.control.addInstance({ name: 'w1' })
    const none = await off.call('GET', '/websocket/find/w1')
    expect([none.status, none.body]).toEqual([200, ''])
    expect((await off.call('GET', '/socket.io/?EIO=4&transport=polling')).status).toBe(404)
  })
})
