import { afterEach, expect, it, vi } from 'vitest'
import { createFleetClient, type FleetClientOptions, type FleetError } from '../src/index.ts'

/** Answers every call of a request with `data`, and keeps addresses and bodies. */
function answering(data: object = {}) {
  const requests: { path: string; method: string; body: string }[] = []
  const fetch = (async (url: unknown, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url))
    requests.push({
      path: pathname.split('/trpc/')[1] ?? '',
      method: init?.method ?? 'GET',
      body: String(init?.body ?? ''),
    })
    const calls = pathname.split(',').map(() => ({ result: { data } }))
    return Response.json(search.startsWith('?batch') ? calls : calls[0])
  }) as typeof globalThis.fetch
  return { requests, fetch }
}

const open = (fetch: typeof globalThis.fetch, options: Partial<FleetClientOptions> = {}) =>
  createFleetClient({ url: 'http://127.0.0.1:9', apiKey: 'k', fetch, ...options })

const errorOf = async (call: Promise<unknown>): Promise<FleetError> =>
  call.then(
    () => expect.fail('expected an error'),
    (error: FleetError) => error,
  )

const circle: Record<string, unknown> = {}
circle.self = circle

afterEach(() => {
  vi.useRealTimers()
})

it.each([
  ['a BigInt', { id: 5511987654321n }],
  ['a circle', circle],
])('an input with %s is refused before it is sent, and no timer is left', async (_what, input) => {
  vi.useFakeTimers()
  const { fetch, requests } = answering()
  const fleet = open(fetch)
  const reads = await errorOf(fleet.contact.get.query(input as never))
  const writes = await errorOf(fleet.contact.block.mutate(input as never))
  expect([reads.code, writes.code]).toEqual(['INVALID_INPUT', 'INVALID_INPUT'])
  expect(reads).toMatchObject({ procedure: 'contact.get', message: expect.stringContaining('JSON') })
  expect(requests).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('an input that cannot be written ends no other call of its batch', async () => {
  const { fetch, requests } = answering()
  const fleet = open(fetch)
  const calls = await Promise.allSettled([
    fleet.contact.block.mutate({ id: 1n as never }),
    fleet.reservation.reserve.mutate({ contactId: 'a' }),
    fleet.instance.recordSend.mutate({ name: 'vendas-01' }),
  ])
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(requests.map(({ path }) => path)).toEqual(['reservation.reserve,instance.recordSend'])
})

it.each([Number.POSITIVE_INFINITY, 2 ** 31, 0, -1, Number.NaN])(
  'a timeout of %d ms is refused: timers take at most 2147483647',
  async (timeoutMs) => {
    const { fetch, requests } = answering()
    const error = await errorOf(open(fetch).instance.list.query({}, { context: { timeoutMs } }))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('timeoutMs') })
    expect(requests).toEqual([])
  },
)

it('a large query about a person goes by POST, since servers refuse long addresses', async () => {
  const { fetch, requests } = answering({ contactId: 'a', picks: [] })
  const exclude = Array.from({ length: 100 }, (_, at) => `Atendimento São João da Boa Vista ${at}`)
  const fleet = open(fetch)
  await fleet.instance.explain.query({ contactId: 'a', exclude })
  await fleet.instance.explain.query({ contactId: 'a' })
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET'])
  expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ exclude })
})

it('calls are not repeated after `repeatMs`, and a try keeps its timeout', async () => {
  let tries = 0
  const failing = (async () => {
    tries++
    throw new TypeError('fetch failed')
  }) as typeof globalThis.fetch
  const waits: number[] = []
  const fleet = open(failing, {
    timeouts: { repeatMs: 1, quickMs: 600_000 },
    onRetry: ({ remainingMs }) => waits.push(remainingMs),
  })
  expect(await errorOf(fleet.instance.list.query({}))).toMatchObject({ code: 'UNREACHABLE', attempts: 1 })
  expect([tries, waits]).toEqual([1, []])
})

it.each([
  ['blanks', '   '],
  ['invisible marks', '\u200b\u2060'],
  ['NUL', 'a\0b'],
  ['half a surrogate pair', 'a\ud800'],
])('an id of a message with %s alone does not keep its seat unconfirmed', async (_what, messageId) => {
  const seat = { id: 'r1', instanceName: 'one', server: 'default', reservedAt: new Date(0).toISOString() }
  const { fetch, requests } = answering({ ...seat, notBefore: null })
  await open(fetch).withInstance({ contactId: 'a' }, () => ({ messageId }))
  expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ 0: { id: 'r1' } })
})

it('an abort while the seat is reserved gives the seat back', async () => {
  const leaving = new AbortController()
  const seat = { id: 'r1', instanceName: 'one', server: 'default', reservedAt: new Date(0).toISOString() }
  const { fetch, requests } = answering({ ...seat, notBefore: null })
  const slow = (async (...call: Parameters<typeof fetch>) => {
    const answer = await fetch(...call)
    leaving.abort(new Error('shutting down'))
    return answer
  }) as typeof globalThis.fetch
  const act = vi.fn()
  const error = await errorOf(open(slow).withInstance({ contactId: 'a', signal: leaving.signal }, act))
  expect(error.code).toBe('ABORTED')
  expect(act).not.toHaveBeenCalled()
  expect(requests.map(({ path }) => path)).toEqual(['reservation.reserve', 'reservation.release'])
  expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ 0: { id: 'r1', cause: 'not_tried' } })
})

it('a stream that is limited by a clock an hour ahead of this one connects again within seconds', async () => {
  vi.useFakeTimers()
  let connections = 0
  const limited = (async () => {
    connections++
    const fleet = { code: 'RATE_LIMITED', availableAt: new Date(Date.now() + 3_600_000).toISOString() }
    return Response.json({ error: { message: 'slow down', code: -32029, data: { fleet } } }, { status: 429 })
  }) as typeof globalThis.fetch
  const watching = open(limited).watch({ onEvent() {} })
  await vi.advanceTimersByTimeAsync(20_000)
  watching.stop()
  expect(connections).toBeGreaterThan(1)
})
