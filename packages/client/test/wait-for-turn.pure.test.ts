import { countTimersOf } from '@zapfleet/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFleetClient, notSent, type ServingInstance, type WithInstanceOptions } from '../src/index.ts'

/** A moment of the server's clock; that of this machine is years away. */
const RESERVED_AT = Date.UTC(2031, 4, 1, 12)

type Called = { procedure: string; input: Record<string, unknown>; atMs: number }

/** Answers of `reserve`, in their order: the wait of a reservation in milliseconds (null: no notBefore), or a refusal. */
let answers: (number | null | { reasons: Record<string, number>; availableAt: string })[]
/** How long an answer of `reserve` takes. */
let latencyMs: number
let called: Called[]
let beganMs: number
let timersLeft: () => number

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  timersLeft = countTimersOf('packages/client/')
  answers = []
  latencyMs = 0
  called = []
  beganMs = performance.now()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const nowMs = (): number => performance.now() - beganMs

const bot = createFleetClient({
  url: 'http://fleet.test',
  apiKey: 'a-key-of-a-bot-for-tests',
  batch: false,
  async fetch(url, init) {
    const procedure = new URL(String(url)).pathname.split('.').at(-1) ?? ''
    const input = JSON.parse(String(init?.body)) as Record<string, unknown>
    called.push({ procedure, input, atMs: nowMs() })
    if (procedure !== 'reserve') return Response.json({ result: { data: { id: input.id } } })
    await new Promise((resolve) => setTimeout(resolve, latencyMs))
    const answer = answers.shift() ?? null
    if (typeof answer === 'object' && answer !== null) {
      const data = { fleet: { code: 'NO_CAPACITY', ...answer }, requestId: 'r' }
      return Response.json(
        { error: { message: 'No number can serve.', code: -32603, data } },
        { status: 429 },
      )
    }
    const data = {
      id: `seat-${called.length}`,
      instanceName: `number-${called.length}`,
      reservedAt: new Date(RESERVED_AT).toISOString(),
      notBefore: answer === null ? null : new Date(RESERVED_AT + answer).toISOString(),
    }
    return Response.json({ result: { data } })
  },
})

/** Starts `withInstance`; `acts` has the moments at which the callback was called. */
function start(
  options: WithInstanceOptions,
  act: (one: ServingInstance) => unknown = () => 'sent',
): { acts: number[]; outcome: Promise<unknown>; ended: () => unknown } {
  const acts: number[] = []
  let end: unknown
  const outcome = bot
    .withInstance(options, async (instance) => {
      acts.push(nowMs())
      return act(instance)
    })
    .catch((error: unknown) => error)
  void outcome.then((value) => {
    end = value
  })
  return { acts, outcome, ended: () => end }
}

const procedures = (): string[] => called.map((one) => one.procedure)

describe('withInstance with a turn in the future', () => {
  it('calls the sender at notBefore - reservedAt after the answer, whatever the clock of the machine', async () => {
    answers = [20_000]
    latencyMs = 300
    const { acts, outcome } = start({ contactId: 'ana', maxWaitMs: 60_000 })
    await vi.advanceTimersByTimeAsync(20_299)
    expect(acts).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(acts).toEqual([20_300])
    expect(await outcome).toBe('sent')
    expect(called[0]?.input).toMatchObject({ contactId: 'ana', maxWaitMs: 60_000 })
    expect(procedures()).toEqual(['reserve', 'confirm'])
    expect(timersLeft()).toBe(0)
  })

  it('never calls it earlier, also where a timer of the machine fires early', async () => {
    answers = [20_000]
    const timer = setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms = 0) =>
      timer(act, ms > 5 ? ms - 3 : ms)) as typeof setTimeout)
    const { acts } = start({ maxWaitMs: 60_000 })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(acts).toEqual([20_000])
  })

  it.each([[null], [0], [-5]])('calls it at once where notBefore is %s ms away', async (answer) => {
    answers = [answer]
    const { acts, outcome } = start({ maxWaitMs: 60_000 })
    await vi.advanceTimersByTimeAsync(0)
    expect(acts).toEqual([0])
    expect(await outcome).toBe('sent')
  })

  it('sends no maxWaitMs that was not given, which an older server refuses', async () => {
    const { outcome } = start({})
    await vi.advanceTimersByTimeAsync(0)
    await outcome
    expect(called[0]?.input).not.toHaveProperty('maxWaitMs')
  })

  it('includes the wait in deadlineMs', async () => {
    answers = [20_000]
    let abortedMs = 0
    const { acts, ended } = start({ maxWaitMs: 60_000, deadlineMs: 25_000 }, ({ signal }) => {
      signal.addEventListener('abort', () => {
        abortedMs = nowMs()
      })
      return new Promise(() => {})
    })
    await vi.advanceTimersByTimeAsync(26_000)
    expect(acts).toEqual([20_000])
    expect(abortedMs).toBe(25_000)
    expect(ended()).toMatchObject({ code: 'MAYBE_SENT' })
  })

  it('has 120 seconds beside maxWaitMs where deadlineMs is not given', async () => {
    answers = [119_000]
    let abortedMs = 0
    start({ maxWaitMs: 120_000 }, ({ signal }) => {
      signal.addEventListener('abort', () => {
        abortedMs = nowMs()
      })
      return new Promise(() => {})
    })
    await vi.advanceTimersByTimeAsync(250_000)
    expect(abortedMs).toBe(240_000)
  })
})

describe('a turn that the caller cannot wait for', () => {
  it('after the deadline: the seat is released at once as not tried, and the error names the turn', async () => {
    answers = [20_000]
    const { acts, ended } = start({ maxWaitMs: 60_000, deadlineMs: 10_000, failover: 3 })
    await vi.advanceTimersByTimeAsync(0)
    expect(called.map(({ procedure, input }) => [procedure, input.cause])).toEqual([
      ['reserve', undefined],
      ['release', 'not_tried'],
    ])
    expect(ended()).toMatchObject({
      code: 'NOT_SENT',
      availableAt: new Date(RESERVED_AT + 20_000),
      reasons: { PACING: 1 },
      tried: [{ instanceName: 'number-1' }],
      message: expect.stringContaining('The turn of number-1 is in 20000 ms, and the deadline in 10000 ms.'),
    })
    expect(acts).toEqual([])
    expect(timersLeft()).toBe(0)
  })

  it('is not reserved where the deadline is known before: no more than the remaining time is requested', async () => {
    answers = [20_000, 5_000]
    const { outcome } = start({ maxWaitMs: 60_000, deadlineMs: 30_000, failover: 1 }, ({ attempt }) => {
      if (attempt === 1) throw notSent(new Error('no connection'))
      return 'sent by the second'
    })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await outcome).toBe('sent by the second')
    const reserves = called.filter((one) => one.procedure === 'reserve')
    expect(reserves.map(({ input, atMs }) => [atMs, input.maxWaitMs])).toEqual([
      [0, 30_000],
      [20_000, 10_000],
    ])
  })

  it('because the caller aborts: the wait ends, and the seat is released as not tried', async () => {
    answers = [20_000]
    const leaving = new AbortController()
    const { acts, ended } = start({ maxWaitMs: 60_000, signal: leaving.signal })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(procedures()).toEqual(['reserve'])
    leaving.abort(new Error('shutting down'))
    await vi.advanceTimersByTimeAsync(0)
    expect(called[1]).toMatchObject({
      procedure: 'release',
      input: { id: 'seat-1', cause: 'not_tried' },
      atMs: 5_000,
    })
    expect(ended()).toMatchObject({ code: 'NOT_SENT', cause: { message: 'shutting down' } })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(acts).toEqual([])
    expect(timersLeft()).toBe(0)
  })
})

it.each(['PACING', 'NEW_CONTACT_LIMIT', 'OUTSIDE_HOURS'])(
  'a refusal with %s has the reasons and availableAt, and is not repeated',
  async (reason) => {
    const availableAt = '2031-05-01T12:00:20.000Z'
    answers = [{ reasons: { [reason]: 4 }, availableAt }]
    const { acts, outcome } = start({ maxWaitMs: 1_000 })
    await vi.advanceTimersByTimeAsync(0)
    expect(await outcome).toMatchObject({
      code: 'NO_CAPACITY',
      reasons: { [reason]: 4 },
      availableAt: new Date(availableAt),
      attempts: 1,
    })
    expect(procedures()).toEqual(['reserve'])
    expect(acts).toEqual([])
  },
)

it.each([-1, 0.5, Number.NaN, 120_001])('refuses maxWaitMs %s without a call', async (maxWaitMs) => {
  expect(await start({ maxWaitMs }).outcome).toMatchObject({
    code: 'INVALID_INPUT',
    message: `withInstance: maxWaitMs: expected a whole number of milliseconds, 0 to 120000, got ${maxWaitMs}.`,
  })
  expect(called).toEqual([])
})
