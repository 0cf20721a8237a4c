import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createFleetClient, type FleetEvent, isFleetError } from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const PATIENTLY = { timeout: 60_000, interval: 20 }

let fleet: TestFleet

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one'])
})
afterAll(() => fleet?.close())

it('a watch outlives the API: it reports the reconnection and misses no event', async () => {
  const events: FleetEvent[] = []
  const priorities = (): number[] =>
    events.flatMap((event) => (event.type === 'settings' ? [event.instance.priority] : []))
  const states: string[] = []
  const client = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY })
  const watching = client.watch({
    onEvent: (event) => events.push(event),
    onState: (state, error) => states.push(error === null ? state : `${state}: ${error.code}`),
  })
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'live']), PATIENTLY)
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 2 })
  await vi.waitFor(() => expect(priorities()).toEqual([2]), PATIENTLY)
  await fleet.admin.instance.recordSend.mutate({ name: 'one' })
  await vi.waitFor(
    () => expect(events.at(-1)).toMatchObject({ type: 'counters', instances: [{ sentToday: 1 }] }),
    PATIENTLY,
  )

  await fleet.killApi()
  await vi.waitFor(() => expect(states.at(-1)).toBe('connecting: UNREACHABLE'), PATIENTLY)
  await fleet.startApi()
  // It may reconnect after the change, which then comes from the stored events.
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 3 })
  await vi.waitFor(() => expect(priorities()).toEqual([2, 3]), PATIENTLY)
  expect(states.at(-1)).toBe('live')

  watching.stop()
  expect(states.at(-1)).toBe('ended')
  const seen = events.length
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 4 })
  expect(events).toHaveLength(seen)

  const [, { id }] = events.filter((event) => event.type === 'settings') as [FleetEvent, FleetEvent]
  const later: number[] = []
  const resumed = client.watch({
    lastEventId: id,
    onEvent: (event) => event.type === 'settings' && later.push(event.instance.priority),
  })
  await vi.waitFor(() => expect(later).toEqual([4]), PATIENTLY)
  resumed.stop()
})

it('message.onChange outlives the API as well, continues after an id, and is for bots', async () => {
  const client = createFleetClient({ url: fleet.url, apiKey: BOT_KEY })
  const send = async (text: string): Promise<string> => {
    const sent = await fleet.admin.message.send.mutate({ to: '5511987650001', text, idempotencyKey: text })
    return sent.id
  }
  /** Each id once, with the last state that was seen. */
  const follow = (lastEventId?: string) => {
    const seen: { id: string; message: string; state: string }[] = []
    const subscription = client.message.onChange.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
      onData: ({ id, data }) => {
        expect(data.type).toBe('state')
        seen.push({ id, message: data.message.id, state: data.message.state })
      },
    })
    const stateOf = (id: string) => seen.filter(({ message }) => message === id).at(-1)?.state
    return { seen, stateOf, stop: () => subscription.unsubscribe() }
  }
  const stream = follow()
  let first = ''
  // From now on: the subscription may begin after the first message.
  await vi.waitFor(async () => {
    first = await send(`first ${Date.now()}`)
    await vi.waitFor(() => expect(stream.stateOf(first)).toBe('sent'), { timeout: 3_000, interval: 20 })
  }, PATIENTLY)

  await fleet.killApi()
  await fleet.startApi()
  const second = await send('second')
  await vi.waitFor(() => expect(stream.stateOf(second)).toBe('sent'), PATIENTLY)
  expect(new Set(stream.seen.map(({ id }) => id)).size).toBe(stream.seen.length)
  stream.stop()

  const third = await send('third')
  const last = stream.seen.filter(({ message }) => message === first).at(-1)
  const resumed = follow(last?.id)
  await vi.waitFor(() => {
    expect(resumed.stateOf(second)).toBe('sent')
    expect(resumed.stateOf(third)).toBe('sent')
  }, PATIENTLY)
  expect(resumed.stateOf(first)).toBeUndefined()
  resumed.stop()
}, 180_000)

it('an error of a listener does not end the stream, and is thrown apart from it', async () => {
  const thrown: unknown[] = []
  const keep = (error: unknown): void => void thrown.push(error)
  process.prependListener('uncaughtException', keep)
  const others = process.listeners('uncaughtException').filter((one) => one !== keep)
  for (const one of others) process.off('uncaughtException', one as () => void)
  try {
    const states: string[] = []
    const seen: number[] = []
    const client = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY })
    const watching = client.watch({
      onEvent(event) {
        if (event.type !== 'settings') return
        seen.push(event.instance.priority)
        throw new Error(`priority ${event.instance.priority}`)
      },
      onState(state) {
        states.push(state)
        if (state === 'live') throw new Error('state live')
      },
    })
    await vi.waitFor(() => expect(states).toEqual(['connecting', 'live']), PATIENTLY)
    for (const priority of [7, 8]) {
      await fleet.admin.instance.update.mutate({ name: 'one', priority })
      await vi.waitFor(() => expect(seen.at(-1)).toBe(priority), PATIENTLY)
    }
    expect(states).toEqual(['connecting', 'live'])
    await vi.waitFor(
      () =>
        expect(thrown.map((error) => (error as Error).message)).toEqual([
          'state live',
          'priority 7',
          'priority 8',
        ]),
      PATIENTLY,
    )
    watching.stop()
  } finally {
    process.off('uncaughtException', keep)
    for (const one of others) process.on('uncaughtException', one as () => void)
  }
})

it('a subscription that is refused ends with the refusal, and does not reconnect', async () => {
  const client = createFleetClient({ url: fleet.url, apiKey: BOT_KEY })
  const error = await new Promise((resolve, reject) => {
    client.instance.onChange.subscribe(
      {},
      { onError: resolve, onStopped: () => reject(new Error('stopped')) },
    )
  })
  expect(isFleetError(error, 'FORBIDDEN')).toBe(true)
  expect(error).toMatchObject({ procedure: 'instance.onChange' })
  const states: string[] = []
  client.watch({ onEvent() {}, onState: (state, why) => states.push(`${state}: ${why?.code ?? 'well'}`) })
  await vi.waitFor(() => expect(states).toEqual(['connecting: well', 'ended: FORBIDDEN']), PATIENTLY)
})
