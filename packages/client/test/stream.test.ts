import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createFleetClient, isFleetError } from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const PATIENTLY = { timeout: 20_000, interval: 20 }

let fleet: TestFleet

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one'])
})
afterAll(() => fleet?.close())

it('a stream outlives the API: it says that it reconnects, and misses nothing', async () => {
  const priorities: number[] = []
  const states: string[] = []
  const client = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY })
  const stream = client.instance.onChange.subscribe(
    {},
    {
      onData(event) {
        if ('data' in event && event.data.type === 'settings') priorities.push(event.data.instance.priority)
      },
      onConnectionStateChange: ({ state }) => states.push(state),
    },
  )
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'pending']), PATIENTLY)
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 2 })
  await vi.waitFor(() => expect(priorities).toEqual([2]), PATIENTLY)

  await fleet.killApi()
  await vi.waitFor(() => expect(states.at(-1)).toBe('connecting'), PATIENTLY)
  await fleet.startApi()
  // Comes back only after the change, which it must be told from what is stored.
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 3 })
  await vi.waitFor(() => expect(priorities).toEqual([2, 3]), PATIENTLY)
  expect(states.at(-1)).toBe('pending')

  stream.unsubscribe()
  await fleet.admin.instance.update.mutate({ name: 'one', priority: 4 })
  expect(priorities).toEqual([2, 3])
})

it('a stream that is refused ends with the refusal, and does not come back', async () => {
  const client = createFleetClient({ url: fleet.url, apiKey: BOT_KEY })
  const error = await new Promise((resolve, reject) => {
    client.instance.onChange.subscribe(
      {},
      { onError: resolve, onStopped: () => reject(new Error('stopped')) },
    )
  })
  expect(isFleetError(error, 'FORBIDDEN')).toBe(true)
  expect(error).toMatchObject({ procedure: 'instance.onChange' })
})
