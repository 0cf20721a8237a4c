import { createTRPCClient, httpLink } from '@trpc/client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppRouter } from '../src/index.ts'
import { type EventStream, openStream } from './event-stream.ts'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  mutate,
  query,
  startFleetApi,
  VIEWER_KEY,
} from './fleet-api.ts'

let api: FleetApi
const streams: EventStream[] = []
let quiet: EventStream

async function open(how: Partial<Parameters<typeof openStream>[1]> = {}): Promise<EventStream> {
  const stream = await openStream(api.address, { key: VIEWER_KEY, ...how })
  streams.push(stream)
  return stream
}

/** Sets the priority, which is a change of settings. */
async function setPriority(name: string, priority: number): Promise<void> {
  expect((await mutate(api, 'instance.update', { name, priority })).status).toBe(200)
}

beforeAll(async () => {
  api = await startFleetApi()
  for (const name of ['one', 'two']) expect((await mutate(api, 'instance.create', { name })).status).toBe(200)
  quiet = await openStream(api.address, { key: VIEWER_KEY })
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(async () => {
  quiet?.close()
  await api?.close()
})

describe('instance.onChange', () => {
  it('is a stream of events with ids, which proxies do not buffer', async () => {
    const stream = await open()
    expect(stream.wire[0]).toMatchObject({
      event: 'connected',
      data: { reconnectAfterInactivityMs: expect.any(Number) },
    })
    await setPriority('one', 3)
    await stream.untilChanges(1)
    const list = await query(api, 'instance.get', { name: 'one' })
    const [event] = stream.wire.filter((one) => one.event === 'message')
    expect(event?.id).toMatch(/^\d+$/)
    expect(event?.data).toEqual({ type: 'settings', instance: { ...list.body.result.data, checkedAt: null } })
  })

  it('sends a change of status and a new instance', async () => {
    const stream = await open()
    expect((await mutate(api, 'instance.create', { name: 'three' })).status).toBe(200)
    api.simulator.control.scan('three')
    expect((await mutate(api, 'health.check', { name: 'three' })).status).toBe(200)
    await vi.waitFor(
      () =>
        expect(stream.changes().at(-1)).toMatchObject({ type: 'status', name: 'three', status: 'connected' }),
      { timeout: 60_000 },
    )
    expect(stream.changes()[0]).toMatchObject({ type: 'created', name: 'three', status: 'disconnected' })
    const history = await query(api, 'instance.history', { name: 'three', limit: 1 }, VIEWER_KEY)
    expect(history.body.result.data).toMatchObject([{ to: 'connected', at: expect.any(String) }])
  })

  it('continues after the last id, in the input or in the header that an EventSource sends', async () => {
    const before = await open()
    for (const priority of [10, 11, 12]) await setPriority('two', priority)
    await before.untilChanges(3)
    const ids = before.changes().map((change) => change.id)
    before.close()
    await setPriority('two', 13)
    for (const how of [{ lastEventId: ids[0] ?? '' }, { lastEventIdHeader: ids[0] ?? '' }]) {
      const after = await open(how)
      await after.untilChanges(3)
      expect(
        after
          .changes()
          .map((change) => change.id)
          .slice(0, 2),
      ).toEqual(ids.slice(1))
      expect(after.wire.find((one) => one.id !== null)?.data.instance.priority).toBe(11)
    }
  })

  it('sends counters without an id, so that a resumption begins at the last stored change', async () => {
    const stream = await open()
    await setPriority('one', 5)
    expect((await mutate(api, 'instance.recordSend', { name: 'one' }, BOT_KEY)).status).toBe(200)
    const counters = await vi.waitFor(
      () => {
        const found = stream.wire.find((one) => one.data?.instances?.[0]?.name === 'one')
        if (found === undefined) throw new Error('no counters yet')
        return found
      },
      { timeout: 60_000 },
    )
    expect(counters.data).toMatchObject({
      type: 'counters',
      instances: expect.arrayContaining([expect.objectContaining({ name: 'one', sentToday: 1 })]),
    })
    expect(counters.data.instances).not.toContainEqual(expect.objectContaining({ name: 'two' }))
    expect(counters.id ?? '').toBe('')
    const lastNamed = stream.wire.filter((one) => one.id !== null && one.id !== '').at(-1)
    expect(lastNamed?.id).toBe(stream.changes().at(-1)?.id)
  })

  it.each(['nonsense', '', '-4', '99999999999'])(
    'refuses the last id %j as invalid input',
    async (lastEventId) => {
      const { status, body } = await query(api, 'instance.onChange', { lastEventId }, VIEWER_KEY)
      expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
      expect(body.error.message).toContain('lastEventId')
      expect(body.error.data.path).toBe('instance.onChange')
    },
  )

  it('refuses a bot and unknown fields by HTTP status, not inside a stream', async () => {
    const refused = await query(api, 'instance.onChange', {}, BOT_KEY)
    expect([refused.status, refused.body.error.data.fleet.code]).toEqual([403, 'FORBIDDEN'])
    const unknown = await query(api, 'instance.onChange', { since: 1 }, VIEWER_KEY)
    expect(unknown.body.error.message).toContain('unknown field "since"')
    const posted = await call(`${api.address}/trpc/instance.onChange`, { body: {}, key: ADMIN_KEY })
    expect([posted.status, posted.body.error.data.fleet.code]).toEqual([405, 'INVALID_INPUT'])
  })

  it('is typed for clients', () => {
    const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${api.address}/trpc` })] })
    type OnData = NonNullable<Parameters<typeof client.instance.onChange.subscribe>[1]['onData']>
    const read: OnData = (event) => {
      if ('id' in event) return void (event.data.instance.name satisfies string)
      return void (event.instances satisfies readonly { sentToday: number }[])
    }
    expect(read).toBeTypeOf('function')
  })

  it('sends a sign of life while no event occurs', async () => {
    await vi.waitFor(() => expect(quiet.wire.map((one) => one.event)).toContain('ping'), {
      timeout: 60_000,
      interval: 200,
    })
  })
})

describe('two hundred streams', () => {
  it('get one change each for a handful of statements, and leave no subscription behind', async () => {
    const { sql } = api.fleet
    const run = vi.spyOn(sql, 'run')
    const count = vi.spyOn(sql, 'runCount')
    const all = await Promise.all(Array.from({ length: 200 }, () => open()))
    run.mockClear()
    count.mockClear()
    await setPriority('one', 50)
    const startedAtMs = performance.now()
    await Promise.all(all.map((stream) => stream.untilChanges(1)))
    const seconds = (performance.now() - startedAtMs) / 1_000
    // The update itself sends some; the counters are sampled once a second.
    expect(run.mock.calls.length + count.mock.calls.length).toBeLessThan(20 + 2 * seconds)
    run.mockRestore()
    count.mockRestore()
    expect(new Set(all.map((stream) => stream.changes()[0]?.id)).size).toBe(1)
    for (const stream of all) stream.close()
    await Promise.all(all.map((stream) => stream.ended))
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) =>
          api.server.server.getConnections((_error, count) =>
            count < 50 ? resolve() : reject(new Error(`${count} connections are still there`)),
          ),
        ),
      { timeout: 60_000 },
    )
  })
})

describe('message.onChange', () => {
  const send = async (text: string): Promise<string> => {
    for (;;) {
      const { body } = await mutate(
        api,
        'message.send',
        { to: '5511987650001', text, validForS: 600 },
        BOT_KEY,
      )
      if (body.result !== undefined) return body.result.data.id
    }
  }
  const procedure = 'message.onChange'
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the events
  const messages = (stream: EventStream): any[] =>
    stream.wire
      .filter(({ event, id }) => event === 'message' && id !== null)
      .map(({ id, data }) => ({ id, ...data }))

  it('is a stream of the states of messages for bots, which continues after an id', async () => {
    const stream = await open({ procedure, key: BOT_KEY })
    const id = await send('Olá!')
    await vi.waitFor(() => expect(messages(stream).some(({ message }) => message.id === id)).toBe(true), {
      timeout: 60_000,
    })
    const [first] = messages(stream).filter(({ message }) => message.id === id)
    expect(first).toMatchObject({ id: expect.stringMatching(/^\d+-\d+$/), type: 'state' })
    // The message as message.get answers it, without its text.
    const now = (await query(api, 'message.get', { id }, BOT_KEY)).body.result.data
    expect(Object.keys(first.message).sort()).toEqual(Object.keys(now).sort())
    expect(JSON.stringify(stream.wire)).not.toContain('Olá!')
    stream.close()
    const second = await send('de novo')
    for (const resumed of [
      await open({ procedure, key: BOT_KEY, lastEventId: first.id }),
      await open({ procedure, key: VIEWER_KEY, lastEventIdHeader: first.id }),
    ]) {
      await vi.waitFor(
        () => expect(messages(resumed).some(({ message }) => message.id === second)).toBe(true),
        { timeout: 60_000 },
      )
      expect(messages(resumed).map((one) => one.id)).not.toContain(first.id)
    }
  })

  it.each(['nonsense', '42', '', '9000000000000000000-1'])(
    'refuses the last id %j as invalid input',
    async (lastEventId) => {
      const { status, body } = await query(api, procedure, { lastEventId }, BOT_KEY)
      expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
      expect(body.error.message).toContain('lastEventId')
    },
  )
})
