import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFleetClient, type FleetClientOptions, isFleetError, type Retry } from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { answerLost, connectionReset, noAnswer, openNetwork, page, refused } from './network.ts'

let fleet: TestFleet

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one', 'two'], { hourlyCapacity: 10_000, dailyCapacity: 10_000 })
})
afterAll(() => fleet?.close())

/** A client with a network that records its requests and may replace answers. */
function openClient(options: Partial<FleetClientOptions> = {}) {
  const network = openNetwork()
  const client = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY, fetch: network.fetch, ...options })
  return { client, network }
}

const sentToday = async (): Promise<number> =>
  (await fleet.admin.instance.list.query()).reduce((sum, one) => sum + one.sentToday, 0)

const keysIn = (body: string): string[] => body.match(/"idempotencyKey":"[^"]+"/g) ?? []

describe('batches', () => {
  it('calls made together share a request, 64 at most', async () => {
    const { client, network } = openClient()
    const reserves = Array.from({ length: 65 }, (_, n) =>
      client.reservation.reserve.mutate({ contactId: `c${n}` }),
    )
    expect(new Set((await Promise.all(reserves)).map((one) => one.id)).size).toBe(65)
    expect(network.requests.map((request) => request.procedures.length)).toEqual([64, 1])
  })

  it('one call that fails does not fail the others', async () => {
    const { client, network } = openClient()
    const [good, bad] = await Promise.allSettled([
      client.instance.get.query({ name: 'one' }),
      client.instance.get.query({ name: 'nobody' }),
    ])
    expect(good).toMatchObject({ status: 'fulfilled', value: { name: 'one' } })
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } })
    expect(network.requests).toHaveLength(1)
  })

  it('calls that wait for Evolution have a request of their own, so that no other call waits for them', async () => {
    const { client, network } = openClient()
    const slow = fleet.simulator.control.fault({
      kind: 'delay',
      ms: 4_000,
      match: { route: 'instance/connectionState' },
    })
    const order: string[] = []
    await Promise.all([
      client.health.check.mutate({ name: 'one' }).then(() => order.push('check')),
      client.instance.choose.mutate({}).then(() => order.push('choose')),
      client.instance.recordSend.mutate({ name: 'one' }).then(() => order.push('recordSend')),
      client.fleet.conditions.query({}),
      client.instance.list.query({}),
    ])
    slow.remove()
    expect(network.paths().sort()).toEqual([
      'fleet.conditions',
      'health.check',
      'instance.choose,instance.recordSend',
      'instance.list',
    ])
    expect(order.indexOf('check')).toBeGreaterThan(order.indexOf('choose'))
    expect(order.indexOf('check')).toBeGreaterThan(order.indexOf('recordSend'))
  })

  it('no URL and no body exceeds the limits of the server', async () => {
    // 158 calls in a few requests; the limits of size are the subject.
    const { client, network } = openClient({ timeouts: { quickMs: 100_000, attemptMs: 50_000 } })
    const wide = '🦜'.repeat(255)
    const exclude = Array.from({ length: 100 }, (_, n) => `${n}${'x'.repeat(40)}`)
    await Promise.all([
      ...Array.from({ length: 30 }, (_, n) => client.contact.get.query({ id: `${n}${wide.slice(4)}` })),
      ...Array.from({ length: 64 }, () => client.instance.explain.query({ exclude: exclude.slice(0, 20) })),
      ...Array.from({ length: 64 }, () => client.reservation.reserve.mutate({ exclude })),
    ])
    for (const { url, body } of network.requests) {
      expect(url.length).toBeLessThan(8_000)
      expect(Buffer.byteLength(body)).toBeLessThan(1_048_576)
    }
  })

  it('may be switched off', async () => {
    const { client, network } = openClient({ batch: false })
    await Promise.all([client.instance.list.query(), client.fleet.stats.query()])
    expect(network.paths().sort()).toEqual(['fleet.stats', 'instance.list'])
  })
})

describe('repeats', () => {
  it('a reserve whose answer was lost is counted once, by an idempotency key of the client', async () => {
    const { client, network } = openClient()
    const before = await sentToday()
    network.replaceNext(answerLost, answerLost)
    const reservation = await client.reservation.reserve.mutate({ contactId: 'ana' })
    expect(await sentToday()).toBe(before + 1)
    const keys = network.requests.flatMap((request) => keysIn(request.body))
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    // Confirm and release may be repeated in the same way.
    network.replaceNext(answerLost)
    expect(await client.reservation.release.mutate({ id: reservation.id })).toMatchObject({
      state: 'released',
    })
    expect(await sentToday()).toBe(before)
  })

  it('a key of the caller is kept, and every reserve has a key of its own', async () => {
    const { client, network } = openClient()
    await Promise.all([
      client.reservation.reserve.mutate({ idempotencyKey: 'order-1' }),
      client.reservation.reserve.mutate({}),
      client.reservation.reserve.mutate(),
    ])
    const keys = network.requests.flatMap((request) => keysIn(request.body))
    expect(keys[0]).toBe('"idempotencyKey":"order-1"')
    expect(new Set(keys).size).toBe(3)
    // UUIDs of version 7 of this moment.
    for (const key of keys.slice(1)) {
      const [, time, random] = /:"(.{8}-.{4})-(7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})"$/.exec(key) ?? []
      expect(random).toBeDefined()
      expect(Date.now() - Number.parseInt(time?.replace('-', '') ?? '', 16)).toBeLessThan(600_000)
    }
  })

  it.each([
    ['the database is away', refused('DATABASE_UNAVAILABLE')],
    ['the queue is full', refused('OVERLOADED')],
    ['the connection breaks', connectionReset],
    ['a gateway answers alone', page(502)],
    ['without an answer', noAnswer],
  ])('queries and choose are repeated when %s', async (_, obstacle) => {
    const { client, network } = openClient({ timeouts: { attemptMs: 1_000 } })
    network.replaceNext(obstacle)
    expect(await client.instance.list.query()).toHaveLength(2)
    network.replaceNext(obstacle)
    expect(await client.instance.choose.mutate({})).toMatchObject({ instanceName: expect.any(String) })
    expect(network.requests).toHaveLength(4)
  })

  it('calls that failed together are retried together, in few requests', async () => {
    const { client, network } = openClient()
    network.replaceNext(refused('OVERLOADED'), refused('OVERLOADED'))
    await Promise.all(Array.from({ length: 20 }, () => client.reservation.reserve.mutate({})))
    // One request for each would make 41; a busy machine may split a batch.
    expect(network.requests.length).toBeLessThan(12)
    expect(network.requests[0]?.procedures).toHaveLength(20)
  })

  it('end at the deadline, and the last error holds the number of tries', async () => {
    const { client, network } = openClient({ timeouts: { quickMs: 500 } })
    network.replaceNext(...Array.from({ length: 50 }, () => refused('OVERLOADED')))
    const error = await client.instance.list.query().catch((thrown: unknown) => thrown)
    // The last repeat may have too little time for its answer, or to be sent, on a busy machine.
    if (!isFleetError(error, 'OVERLOADED') && !isFleetError(error, 'TIMEOUT')) throw error
    expect([error.attempts, error.attempts - 1]).toContain(network.requests.length)
    expect(error.attempts).toBeGreaterThan(1)
    expect(error.message).toContain(`Tried ${error.attempts} times`)
  })

  it('are not begun after the deadline, when the process was busy meanwhile', async () => {
    const { client, network } = openClient({
      timeouts: { quickMs: 500 },
      onRetry() {
        const endMs = performance.now() + 600
        while (performance.now() < endMs);
      },
    })
    network.replaceNext(refused('OVERLOADED'), refused('OVERLOADED'))
    await expect(client.instance.list.query()).rejects.toMatchObject({ code: 'OVERLOADED', attempts: 1 })
    expect(network.requests).toHaveLength(1)
  })

  it.each([
    [
      'a send that happened',
      (client: ReturnType<typeof openClient>['client']) => client.instance.recordSend.mutate({ name: 'one' }),
    ],
    [
      'a change of settings',
      (client: ReturnType<typeof openClient>['client']) =>
        client.instance.update.mutate({ name: 'one', priority: 2 }),
    ],
  ])('%s is never repeated', async (_, call) => {
    for (const obstacle of [connectionReset, refused('OVERLOADED'), refused('DATABASE_UNAVAILABLE')]) {
      const { client, network } = openClient()
      network.replaceNext(obstacle)
      await expect(call(client)).rejects.toMatchObject({ name: 'FleetError', attempts: 1 })
      expect(network.requests).toHaveLength(1)
    }
  })

  it('NO_CAPACITY is an answer, and is not repeated', async () => {
    const { client, network } = openClient()
    const asking = client.reservation.reserve.mutate({ exclude: ['one', 'two'] })
    await expect(asking).rejects.toMatchObject({ code: 'NO_CAPACITY', reasons: { EXCLUDED: 2 } })
    expect(network.requests).toHaveLength(1)
  })

  it('a call over the rate limit is repeated at availableAt, and not before', async () => {
    const { client, network } = openClient()
    const availableAt = new Date(Date.now() + 400)
    network.replaceNext(refused('RATE_LIMITED', { availableAt: availableAt.toISOString() }))
    await client.instance.list.query()
    expect(Date.now()).toBeGreaterThanOrEqual(availableAt.getTime())
    expect(network.requests).toHaveLength(2)

    const tooLate = new Date(Date.now() + 3_600_000)
    network.replaceNext(refused('RATE_LIMITED', { availableAt: tooLate.toISOString() }))
    await expect(client.instance.list.query()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      availableAt: tooLate,
    })
    expect(network.requests).toHaveLength(3)
  })

  it('may be switched off, for all calls or for one', async () => {
    const off = openClient({ retry: false })
    off.network.replaceNext(connectionReset)
    await expect(off.client.reservation.reserve.mutate({})).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(off.network.requests.map((request) => keysIn(request.body))).toEqual([[]])
    const on = openClient()
    on.network.replaceNext(connectionReset)
    const once = on.client.instance.list.query({}, { context: { retry: false } })
    await expect(once).rejects.toMatchObject({ code: 'UNREACHABLE', attempts: 1 })
  })
})

describe('a failed call', () => {
  it('without an answer: TIMEOUT in time, and the request is aborted', async () => {
    const { client, network } = openClient()
    network.replaceNext(noAnswer)
    const call = client.instance.recordSend.mutate({ name: 'one' }, { context: { timeoutMs: 100 } })
    await expect(call).rejects.toMatchObject({
      code: 'TIMEOUT',
      procedure: 'instance.recordSend',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(network.requests[0]?.init?.signal?.aborted).toBe(true)
  })

  it('aborted by its caller: ABORTED at once, while the other calls of the batch continue', async () => {
    const { client, network } = openClient()
    const leaving = new AbortController()
    const [left, stayed] = [
      client.instance.list.query({}, { signal: leaving.signal }),
      client.instance.list.query({}),
    ]
    network.replaceNext(async (request) => {
      leaving.abort()
      return request.send()
    })
    await expect(left).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await stayed).toHaveLength(2)
    expect(network.requests).toHaveLength(1)
  })

  it('a signal that outlives its calls keeps no listener of them', async () => {
    const { client } = openClient()
    const { signal } = new AbortController()
    for (let call = 0; call < 3; call++) {
      await Promise.all([
        client.instance.list.query({}, { signal }),
        client.instance.get.query({ name: 'one' }, { signal }),
      ])
      await client.health.checkAll.mutate({}, { signal })
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('an answer that is not from zapfleet: MALFORMED_ANSWER, which is not repeated', async () => {
    const { client, network } = openClient()
    network.replaceNext(page(200), async () => Response.json({ hello: 'world' }))
    for (const got of ['status 200 without JSON', 'an answer of another program'])
      await expect(client.instance.list.query()).rejects.toMatchObject({
        code: 'MALFORMED_ANSWER',
        message: expect.stringContaining(
          `expected zapfleet at ${fleet.url}, got ${got}. Set url to the address`,
        ),
      })
    expect(network.requests).toHaveLength(2)
  })

  it('no server at that address: UNREACHABLE, with the address and the network code', async () => {
    const client = createFleetClient({ url: 'http://127.0.0.1:1', apiKey: BOT_KEY, retry: false })
    const error = await client.instance.list.query().catch((thrown: unknown) => thrown)
    if (!isFleetError(error, 'UNREACHABLE')) throw error
    expect(error.message).toMatch(/^instance\.list: http:\/\/127\.0\.0\.1:1 could not be reached/)
    expect(error.shape).toBeUndefined()
  })
})

describe('the url', () => {
  it.each(['', '/', '/trpc', '/trpc/', '/v1', '/v1/'])('is accepted with %j at its end', async (end) => {
    const client = createFleetClient({ url: `${fleet.url}${end}`, apiKey: BOT_KEY })
    expect(await client.instance.list.query()).toHaveLength(2)
  })

  it('with another path is refused by a message that names the mistake', async () => {
    const client = createFleetClient({ url: `${fleet.url}/api`, apiKey: BOT_KEY })
    await expect(client.instance.list.query()).rejects.toMatchObject({
      code: 'MALFORMED_ANSWER',
      message: expect.stringContaining('no path after it'),
    })
  })
})

describe('onRetry', () => {
  it('is called before each wait, with the failure and the remaining time', async () => {
    const told: Retry[] = []
    const { client, network } = openClient({
      onRetry: (retry) => told.push(retry),
      timeouts: { quickMs: 5_000 },
    })
    network.replaceNext(refused('OVERLOADED'), connectionReset)
    await client.instance.list.query()
    expect(told).toEqual([
      expect.objectContaining({
        procedure: 'instance.list',
        attempts: 1,
        error: expect.objectContaining({ code: 'OVERLOADED' }),
      }),
      expect.objectContaining({ attempts: 2, error: expect.objectContaining({ code: 'UNREACHABLE' }) }),
    ])
    for (const { waitMs, remainingMs } of told) {
      expect(waitMs).toBeGreaterThan(0)
      expect(remainingMs).toBeGreaterThan(waitMs)
      expect(remainingMs).toBeLessThanOrEqual(5_000)
    }
  })

  it('reports an unreachable server after the first try, and once for each failed try but the last', async () => {
    const told: Retry[] = []
    const client = createFleetClient({
      url: 'http://127.0.0.1:1',
      apiKey: BOT_KEY,
      timeouts: { quickMs: 3_000 },
      onRetry: (retry) => told.push(retry),
    })
    const error = await client.instance.list.query().catch((thrown: unknown) => thrown)
    if (!isFleetError(error, 'UNREACHABLE')) throw error
    expect(told[0]?.remainingMs).toBeGreaterThan(0)
    expect(told.map((one) => one.attempts)).toEqual(told.map((_, at) => at + 1))
    expect(error.attempts).toBe(told.length + 1)
  })

  it('does not end a call when it throws, and is not called for a call that is not repeated', async () => {
    let calls = 0
    const { client, network } = openClient({
      onRetry() {
        calls++
        throw new Error('a listener that fails')
      },
    })
    network.replaceNext(connectionReset)
    expect(await client.instance.list.query()).toHaveLength(2)
    network.replaceNext(connectionReset)
    await expect(client.instance.recordSend.mutate({ name: 'one' })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    })
    expect(calls).toBe(1)
  })
})

describe('invalid options', () => {
  it.each([
    [{ url: 'fleet.example.com' }, 'url'],
    [{ url: 'ftp://fleet.example.com' }, 'http'],
    [{ url: 'http://user:a-secret-key@fleet.example.com' }, 'apiKey'],
    [{ url: 'http://fleet.example.com?key=a-secret-key' }, 'apiKey'],
    [{ apiKey: ' ' }, 'apiKey'],
    [{ apiKey: 'a-secret-key\nof two lines' }, 'apiKey'],
    [{ timeouts: { quickMs: 0 } }, 'timeouts.quickMs'],
  ])('%o', (options, words) => {
    let error: unknown
    try {
      createFleetClient({ url: fleet.url, apiKey: BOT_KEY, ...options })
    } catch (thrown) {
      error = thrown
    }
    if (!isFleetError(error, 'INVALID_INPUT')) throw error
    expect(error.message).toContain(words)
    expect(error.message).not.toContain('a-secret-key')
  })
})
