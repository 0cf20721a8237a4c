import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createFleetClient,
  type FleetEvent,
  type Instance,
  type LiveFleet,
  type LiveOptions,
  type LiveUpdate,
  type WatchOptions,
} from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const PATIENTLY = { timeout: 60_000, interval: 20 }

let fleet: TestFleet
const open: LiveFleet[] = []

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one', 'two', 'zeta'])
})
afterAll(async () => {
  for (const live of open) live.close()
  await fleet?.close()
})

/** A view with its updates, over a network that a test can delay. */
function openLive(options: LiveOptions = {}, key = ADMIN_KEY) {
  const network = openNetwork()
  const client = createFleetClient({ url: fleet.url, apiKey: key, retry: false, fetch: network.fetch })
  const live = client.live(options)
  open.push(live)
  const updates: LiveUpdate[] = []
  live.subscribe((update) => updates.push(update))
  return {
    live,
    updates,
    network,
    states: () => updates.flatMap((one) => (one.type === 'state' ? [one.state] : [])),
    number: (name: string) => live.snapshot.instances?.find((one) => one.name === name),
    names: () => live.snapshot.instances?.map(({ name }) => name),
    untilLive: () => vi.waitFor(() => expect(live.snapshot.state).toBe('live'), PATIENTLY),
  }
}

/** A `fetch` that delays lists or fails streams when a test sets it. */
function openNetwork() {
  const network = {
    lists: 0,
    holdLists: false,
    refuseStreams: false,
    release: () => {},
    fetch: globalThis.fetch,
  }
  network.fetch = async (input, init) => {
    const path = new URL(String(input)).pathname
    if (path.endsWith('instance.onChange') && network.refuseStreams) throw new TypeError('no streams here')
    const response = await fetch(input, init)
    if (!path.includes('instance.list')) return response
    network.lists++
    if (network.holdLists) {
      await new Promise<void>((resolve) => {
        network.release = resolve
      })
    }
    return response
  }
  return network
}

/** A stream of changes that a test controls. */
function handStream() {
  const streams: WatchOptions[] = []
  return {
    streams,
    watch(options: WatchOptions) {
      streams.push(options)
      options.onState?.('live', null)
      return { stop: () => options.onState?.('ended', null) }
    },
    tell: (event: FleetEvent) => streams.at(-1)?.onEvent(event),
  }
}

describe('a live view', () => {
  it('reports the list first, then the state live, then each event with the number before it', async () => {
    const { live, updates, number, untilLive } = openLive()
    expect(live.snapshot).toEqual({ instances: null, state: 'connecting', asOf: null, error: null })
    await live.ready
    expect(updates[0]).toEqual({ type: 'list', instances: await fleet.admin.instance.list.query({}) })
    await untilLive()
    const before = live.snapshot
    expect(live.snapshot).toBe(before)
    await fleet.admin.instance.update.mutate({ name: 'one', priority: 7 })
    await vi.waitFor(() => expect(number('one')?.priority).toBe(7), PATIENTLY)
    expect(before.instances?.find(({ name }) => name === 'one')?.priority).toBe(1)
    expect(updates.find((one) => one.type === 'event')).toMatchObject({
      event: { type: 'settings', instance: { name: 'one', priority: 7 } },
      previous: { name: 'one', priority: 1 },
    })
    await fleet.admin.instance.recordSend.mutate({ name: 'one' })
    await vi.waitFor(() => expect(number('one')?.sentToday).toBe(1), PATIENTLY)
  })

  it('with streamFirstMs needs one list where the stream opens in time, and reads at once where it fails', async () => {
    const { live, network, untilLive } = openLive({ streamFirstMs: 50_000 })
    expect([live.snapshot.state, network.lists]).toEqual(['connecting', 0])
    await untilLive()
    expect(network.lists).toBe(1)
    const refused = openLive({ streamFirstMs: 50_000, retryMs: 100 })
    refused.network.refuseStreams = true
    await refused.live.ready
    await vi.waitFor(() => expect(refused.live.snapshot.state).toBe('polling'), PATIENTLY)
  })

  it('a number that is created takes its place by name, one that is deleted goes', async () => {
    const { names, untilLive } = openLive()
    await untilLive()
    await fleet.admin.instance.create.mutate({ name: 'made' })
    await vi.waitFor(() => expect(names()).toEqual(['made', 'one', 'two', 'zeta']), PATIENTLY)
    await fleet.admin.instance.delete.mutate({ name: 'made' })
    await vi.waitFor(() => expect(names()).toEqual(['one', 'two', 'zeta']), PATIENTLY)
  })

  it('a list that is older than an event takes nothing back, neither a change nor a deletion', async () => {
    const { live, updates, number, names, network, untilLive } = openLive()
    await untilLive()
    await fleet.admin.instance.create.mutate({ name: 'short-lived' })
    await vi.waitFor(() => expect(names()).toContain('short-lived'), PATIENTLY)
    network.holdLists = true
    const lists = network.lists
    const refreshed = live.refresh()
    await vi.waitFor(() => expect(network.lists).toBe(lists + 1), PATIENTLY)
    await fleet.admin.instance.update.mutate({ name: 'two', priority: 5 })
    await fleet.admin.instance.delete.mutate({ name: 'short-lived' })
    await vi.waitFor(() => expect(names()).not.toContain('short-lived'), PATIENTLY)
    network.holdLists = false
    network.release()
    await refreshed
    expect(updates.at(-1)?.type).toBe('list')
    expect(number('two')?.priority).toBe(5)
    expect(names()).not.toContain('short-lived')
  })

  it('shows the answer of an own call at once, and keeps it when an older list arrives', async () => {
    const { live, number, network, untilLive } = openLive({ watch: handStream().watch })
    await untilLive()
    network.holdLists = true
    const lists = network.lists
    const refreshed = live.refresh()
    await vi.waitFor(() => expect(network.lists).toBe(lists + 1), PATIENTLY)
    live.apply('two', await fleet.admin.instance.update.mutate({ name: 'two', priority: 6 }))
    expect(number('two')?.priority).toBe(6)
    live.apply('zeta', null)
    expect(number('zeta')).toBeUndefined()
    network.holdLists = false
    network.release()
    await refreshed
    expect(number('two')?.priority).toBe(6)
    expect(number('zeta')).toBeUndefined()
  })

  it('a refresh during a read waits for a list that was requested later', async () => {
    const { live, number, network, untilLive } = openLive({ watch: handStream().watch })
    await untilLive()
    network.holdLists = true
    const first = live.refresh()
    await vi.waitFor(() => expect(network.lists).toBeGreaterThan(1), PATIENTLY)
    await fleet.admin.instance.update.mutate({ name: 'two', priority: 8 })
    const second = live.refresh()
    network.holdLists = false
    network.release()
    await first
    expect(number('two')?.priority).not.toBe(8)
    await second
    expect(number('two')?.priority).toBe(8)
  })

  it('never has two lists in flight: a refresh after the first list shares the read of those that waited', async () => {
    const { live, network, untilLive } = openLive({ watch: handStream().watch })
    await untilLive()
    const lists = network.lists
    const third = live.refresh().then(() => live.refresh())
    await Promise.all([live.refresh(), third])
    expect(network.lists).toBe(lists + 2)
  })

  it('counters of a number that is deleted do not bring it back', async () => {
    const stream = handStream()
    const { live, number, untilLive } = openLive({ watch: stream.watch })
    await untilLive()
    const zeta = number('zeta') as Instance
    stream.tell({ type: 'deleted', id: '1', instance: zeta })
    stream.tell({
      type: 'counters',
      id: null,
      instances: [zeta, { ...(number('one') as Instance), sentToday: 77 }],
    })
    expect(number('zeta')).toBeUndefined()
    expect(number('one')?.sentToday).toBe(77)
    live.close()
  })
})

describe('a live view outlives', () => {
  it('the API: it is lost, keeps what it showed, and reads what it missed before it is live again', async () => {
    const { live, states, number, names, untilLive } = openLive({ retryMs: 200 })
    await untilLive()
    await fleet.killApi()
    await vi.waitFor(() => expect(live.snapshot.state).toBe('lost'), PATIENTLY)
    expect(live.snapshot.error?.code).toBe('UNREACHABLE')
    expect(Date.now() - (live.snapshot.asOf?.getTime() ?? 0)).toBeLessThan(60_000)
    expect(names()).toEqual(['one', 'two', 'zeta'])
    await fleet.startApi()
    await fleet.admin.instance.update.mutate({ name: 'two', priority: 2 })
    await untilLive()
    expect(number('two')?.priority).toBe(2)
    expect(live.snapshot.error).toBeNull()
    expect(states().filter((state) => state === 'live')).toHaveLength(2)
  })

  it('a proxy that blocks streams: it reads the list periodically, and its state is polling', async () => {
    const { live, number, network, untilLive, states } = openLive({ retryMs: 100 })
    await untilLive()
    network.refuseStreams = true
    await fleet.killApi()
    await fleet.startApi()
    await vi.waitFor(() => expect(live.snapshot.state).toBe('polling'), PATIENTLY)
    await fleet.admin.instance.update.mutate({ name: 'two', priority: 3 })
    await vi.waitFor(() => expect(number('two')?.priority).toBe(3), PATIENTLY)
    network.refuseStreams = false
    await untilLive()
    expect(states().slice(-2)).toEqual(['polling', 'live'])
  })

  it('a first list that fails: ready rejects, and the view is live once the API is there', async () => {
    await fleet.killApi()
    const { live, untilLive } = openLive({ retryMs: 100 })
    await expect(live.ready).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(live.snapshot).toMatchObject({ instances: null, state: 'lost', asOf: null })
    await fleet.startApi()
    await untilLive()
    expect(live.snapshot.instances).toHaveLength(3)
  })

  it('a stream that ended: it is opened again, and the list is read again', async () => {
    const stream = handStream()
    const { live, network, untilLive } = openLive({ watch: stream.watch, retryMs: 50 })
    await untilLive()
    const lists = network.lists
    stream.streams[0]?.onState?.('ended', null)
    expect(live.snapshot.state).toBe('lost')
    await untilLive()
    expect(stream.streams).toHaveLength(2)
    expect(network.lists).toBeGreaterThan(lists)
  })
})

describe('the periodic read', () => {
  it('happens while the view is live, since the clock sets counters to zero without an event', async () => {
    const { network, untilLive } = openLive({ refreshMs: 50, watch: handStream().watch })
    await untilLive()
    const lists = network.lists
    await vi.waitFor(() => expect(network.lists).toBeGreaterThan(lists + 2), PATIENTLY)
  })

  it('does not happen while isIdle returns true', async () => {
    let isIdle = true
    const { network, untilLive } = openLive({
      refreshMs: 20,
      watch: handStream().watch,
      isIdle: () => isIdle,
    })
    await untilLive()
    const lists = network.lists
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(network.lists).toBe(lists)
    isIdle = false
    await vi.waitFor(() => expect(network.lists).toBeGreaterThan(lists), PATIENTLY)
  })
})

describe('a live view ends', () => {
  it('with the refusal of a key, which an iteration throws', async () => {
    const { live, network } = openLive({}, BOT_KEY)
    const types: string[] = []
    const iteration = (async () => {
      for await (const { type } of live) types.push(type)
    })()
    await expect(iteration).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(live.snapshot).toMatchObject({ state: 'ended', error: { code: 'FORBIDDEN' } })
    const lists = network.lists
    await live.refresh()
    expect(network.lists).toBe(lists)
  })

  it('by its signal: iterations finish, the snapshot stays, and no more requests are made', async () => {
    const leaving = new AbortController()
    const { live, network, untilLive } = openLive({ signal: leaving.signal, retryMs: 20, refreshMs: 20 })
    await untilLive()
    const seen: string[] = []
    const iteration = (async () => {
      for await (const update of live) seen.push(update.type === 'state' ? update.state : update.type)
    })()
    await vi.waitFor(() => expect(seen.slice(0, 2)).toEqual(['list', 'live']), PATIENTLY)
    leaving.abort()
    await iteration
    expect(seen.at(-1)).toBe('ended')
    expect(live.snapshot).toMatchObject({ state: 'ended', error: null })
    expect(live.snapshot.instances).toHaveLength(3)
    const lists = network.lists
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(network.lists).toBe(lists)
  })

  it('before it began, where its signal is aborted already', async () => {
    const { live, network } = openLive({ signal: AbortSignal.abort() })
    await expect(live.ready).rejects.toMatchObject({ code: 'ABORTED' })
    expect([live.snapshot.state, network.lists]).toEqual(['ended', 0])
  })
})

it('a reader that falls behind gets the present list instead of the events that it missed', async () => {
  const stream = handStream()
  const { live, number, untilLive } = openLive({ watch: stream.watch, refreshMs: 60_000 })
  await untilLive()
  const reader = live[Symbol.asyncIterator]()
  expect((await reader.next()).value).toMatchObject({ type: 'list' })
  expect((await reader.next()).value).toMatchObject({ type: 'state', state: 'live' })
  const one = number('one') as Instance
  for (let priority = 1; priority <= 5_000; priority++)
    stream.tell({ type: 'settings', id: String(priority), instance: { ...one, priority } })
  let read = 0
  let newest: number | undefined
  while (newest !== 5_000) {
    const { value } = await reader.next()
    read++
    if (value?.type === 'list')
      newest = value.instances.find(({ name }: Instance) => name === 'one')?.priority
    if (value?.type === 'event' && value.event.type === 'settings') newest = value.event.instance.priority
  }
  expect(read).toBeLessThan(1_100)
  live.close()
})
