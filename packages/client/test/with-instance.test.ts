import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createEvolutionSender,
  createFleetClient,
  type EvolutionSender,
  type FleetClient,
  type FleetError,
  isFleetError,
  notSent,
  type Reservation,
  type Unsettled,
} from '../src/index.ts'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const PATIENTLY = { timeout: 60_000, interval: 10 }

let fleet: TestFleet
let bot: FleetClient
let evolution: EvolutionSender

beforeAll(async () => {
  fleet = await startTestFleet()
  bot = createFleetClient({ url: fleet.url, apiKey: BOT_KEY, fetch: noting })
  evolution = createEvolutionSender({
    url: fleet.simulator.url,
    apiKey: fleet.simulator.apiKey,
    timeoutMs: 2_000,
  })
  await fleet.addNumbers(['one', 'two', 'three'], { hourlyCapacity: 1_000, dailyCapacity: 1_000 })
})
beforeEach(() => {
  const { control } = fleet.simulator
  control.clearFaults()
  for (const name of ['one', 'two', 'three']) control.recover(name)
})
afterAll(() => fleet?.close())

/** Every confirm and release that the API answered, as `confirmed:<id>`. */
const completed: string[] = []
/** The causes of all releases, in their order. */
const causes: string[] = []

async function noting(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  for (const [, cause] of String(init?.body ?? '').matchAll(/"cause":"(\w+)"/g)) causes.push(cause ?? '')
  const response = await fetch(input, init)
  for (const [, id, state] of (await response.clone().text()).matchAll(
    /"id":"([^"]+)"[^{}]*?"state":"(\w+)"/g,
  )) {
    completed.push(`${state}:${id}`)
  }
  return response
}

let people = 0
const newPerson = (): string => `55119${String(80_000_000 + people++)}`

/** The numbers that sent to a contact. */
const sentTo = (number: string): string[] =>
  fleet.simulator.control
    .sent()
    .filter((one) => one.number === number)
    .map((one) => one.instance)

/** The sum of the counters of all numbers. */
const counted = async (): Promise<number> =>
  (await fleet.admin.instance.list.query()).reduce((sum, one) => sum + one.sentToday, 0)

/** The state of a reservation, by which of confirm and release it still accepts. */
async function stateOf(id: string): Promise<'confirmed' | 'released'> {
  const opposite = await bot.reservation.release.mutate({ id }).catch((error: unknown) => error)
  return isFleetError(opposite, 'CONFLICT') ? 'confirmed' : 'released'
}

const failing = (outcome: Promise<unknown>): Promise<unknown> =>
  outcome.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )

describe('the id of the message', () => {
  const messageOf = async (id: string) => (await bot.reservation.get.query({ id })).messageId

  it('of sendText goes with the confirm', async () => {
    const number = newPerson()
    let id = ''
    const { messageId } = await bot.withInstance({ contactId: number }, (instance) => {
      id = instance.reservation.id
      return evolution.sendText(instance, { number, text: 'Olá!' })
    })
    expect(await messageOf(id)).toBe(messageId)
  })

  it.each([
    ["Evolution's own answer", { key: { id: '3EB0RAW' }, status: 'PENDING' }, '3EB0RAW'],
    ['an object with messageId', { messageId: '3EB0OWN' }, '3EB0OWN'],
    ['nothing', undefined, null],
    ['a text', '3EB0TEXT', null],
    ['an object without it', { key: null }, null],
    ['an id that the API does not take', { messageId: 'x'.repeat(129) }, null],
  ])('is read from %s', async (_what, result, expected) => {
    let id = ''
    await bot.withInstance({ contactId: newPerson() }, (instance) => {
      id = instance.reservation.id
      return result
    })
    expect(await messageOf(id)).toBe(expected)
    expect(await stateOf(id)).toBe('confirmed')
  })
})

describe('a message that is sent', () => {
  it('is sent by the number of the contact, counted once and confirmed', async () => {
    const number = newPerson()
    const before = await counted()
    let reservation: Reservation | undefined
    const { messageId } = await bot.withInstance({ contactId: number }, (instance) => {
      reservation = instance.reservation
      expect(instance).toMatchObject({ name: instance.reservation.instanceName, attempt: 1 })
      return evolution.sendText(instance, { number, text: 'olá' })
    })
    expect(messageId).toMatch(/^3EB0/)
    expect(sentTo(number)).toEqual([reservation?.instanceName])
    expect(await counted()).toBe(before + 1)
    expect(await stateOf(reservation?.id ?? '')).toBe('confirmed')
  })

  it('is sent at once where its number has no gap, however long it could wait', async () => {
    const { notBefore } = await bot.withInstance({ maxWaitMs: 120_000 }, ({ reservation }) => reservation)
    expect(notBefore).toBeNull()
    await expect(bot.reservation.reserve.mutate({ maxWaitMs: 120_001 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('maxWaitMs'),
    })
  })

  it('returns the result of the callback, also a synchronous one', async () => {
    expect(await bot.withInstance({}, ({ name }) => `by ${name}`)).toMatch(/^by (one|two|three)$/)
  })
})

describe('a message that was certainly not sent', () => {
  it('releases its reservation, and is NOT_SENT', async () => {
    const before = await counted()
    const cause = new Error('the line is down')
    const error = await failing(
      bot.withInstance({ contactId: newPerson() }, () => {
        throw notSent(cause)
      }),
    )
    if (!isFleetError(error, 'NOT_SENT')) throw error
    expect(error).toMatchObject({ cause, attempts: 1, tried: [{ cause }] })
    expect(error.message).toContain('the line is down')
    expect(await counted()).toBe(before)
    expect(await stateOf(error.tried[0]?.reservationId ?? '')).toBe('released')
  })

  it.each([
    ['line_down', 'for a number without a connection', () => fleet.simulator.control.drop('one')],
    [
      'not_on_whatsapp',
      'for a contact without WhatsApp',
      (n: string) => fleet.simulator.control.setNumberMissing(n, true),
    ],
  ] as const)('gives %s as the cause of the release %s', async (cause, _, break_) => {
    const number = newPerson()
    await fleet.admin.contact.setPreference.mutate({ id: number, instanceName: 'one' })
    break_(number)
    const before = causes.length
    const error = await failing(
      bot.withInstance({ contactId: number }, (instance) =>
        evolution.sendText(instance, { number, text: 'olá' }),
      ),
    )
    expect(isFleetError(error, 'NOT_SENT')).toBe(true)
    expect(causes.slice(before)).toEqual([cause])
  })

  it('gives the cause that the callback states, and none where it states none', async () => {
    const before = causes.length
    for (const how of [{ releaseCause: 'refused' as const }, {}])
      await failing(
        bot.withInstance({}, () => {
          throw notSent(new Error('no'), how)
        }),
      )
    expect(causes.slice(before)).toEqual(['refused'])
  })

  it('is sent by another number, and its contact stays there', async () => {
    const number = newPerson()
    const before = await counted()
    await fleet.admin.contact.setPreference.mutate({ id: number, instanceName: 'one' })
    // zapfleet has not read the change yet.
    fleet.simulator.control.drop('one')
    const tried: string[] = []
    await bot.withInstance({ contactId: number, failover: 1 }, (instance) => {
      tried.push(instance.name)
      return evolution.sendText(instance, { number, text: 'olá' })
    })
    expect(tried).toEqual(['one', expect.stringMatching(/^(two|three)$/)])
    expect(sentTo(number)).toEqual([tried[1]])
    expect(await counted()).toBe(before + 1)
    expect(await bot.contact.get.query({ id: number })).toMatchObject({ preferredInstance: tried[1] })
  })

  it('is tried by as many numbers as failover allows, and never twice by one', async () => {
    const tried: string[] = []
    const all = (instance: { name: string }): never => {
      tried.push(instance.name)
      throw notSent(new Error(`${instance.name} is down`))
    }
    expect(await failing(bot.withInstance({ failover: 1 }, all))).toMatchObject({
      code: 'NOT_SENT',
      attempts: 2,
    })
    expect(new Set(tried).size).toBe(2)
    tried.length = 0
    const error = await failing(bot.withInstance({ failover: 9 }, all))
    expect(error).toMatchObject({
      code: 'NOT_SENT',
      attempts: 3,
      reasons: { EXCLUDED: 3 },
      availableAt: null,
    })
    expect([...tried].sort()).toEqual(['one', 'three', 'two'])
  })

  it('is not tried by another number when no number could send it', async () => {
    const number = newPerson()
    const before = await counted()
    fleet.simulator.control.setNumberMissing(number, true)
    const sending = bot.withInstance({ contactId: number, failover: 2 }, (instance) =>
      evolution.sendText(instance, { number, text: 'olá' }),
    )
    expect(await failing(sending)).toMatchObject({
      code: 'NOT_SENT',
      attempts: 1,
      cause: { verdict: { why: 'no_whatsapp' } },
    })
    expect(await counted()).toBe(before)
  })
})

describe('a message that may have been sent', () => {
  it('stays counted, is tried by no other number, and its error is rethrown', async () => {
    const before = await counted()
    const thrown = new TypeError('something else')
    let calls = 0
    const error = await failing(
      bot.withInstance({ contactId: newPerson(), failover: 2 }, () => {
        calls++
        throw thrown
      }),
    )
    expect(error).toBe(thrown)
    expect(calls).toBe(1)
    expect(await counted()).toBe(before + 1)
  })

  it('is sent once when the answer of Evolution is lost', async () => {
    const number = newPerson()
    const before = await counted()
    fleet.simulator.control.fault({ kind: 'answer_lost', match: { route: 'message/sendText' }, times: 1 })
    const sending = bot.withInstance({ contactId: number, failover: 2 }, (instance) =>
      evolution.sendText(instance, { number, text: 'olá' }),
    )
    const error = await failing(sending)
    expect(isFleetError(error, 'MAYBE_SENT')).toBe(true)
    expect(error).toMatchObject({ tried: [{ instanceName: sentTo(number)[0] }] })
    expect(sentTo(number)).toHaveLength(1)
    expect(await counted()).toBe(before + 1)
  })
})

describe('the deadline', () => {
  it('ends a callback that listens to the signal, and its error is rethrown', async () => {
    const number = newPerson()
    fleet.simulator.control.fault({ kind: 'hang', match: { route: 'message/sendText' }, times: 1 })
    const sending = bot.withInstance({ contactId: number, deadlineMs: 3_000, failover: 1 }, (instance) =>
      evolution.sendText(instance, { number, text: 'olá' }),
    )
    const error = await failing(sending)
    expect(error).toMatchObject({ code: 'MAYBE_SENT', cause: { verdict: { why: 'no_answer' } } })
    expect(sentTo(number)).toEqual([])
  })

  it.each([
    ['sends after all: its seat is confirmed', 'confirmed'],
    ['was not sent: its seat is given back', 'released'],
  ] as const)('does not wait for a callback that ignores it, and when it %s', async (_, state) => {
    let end = (): void => {}
    // An abort by the caller ends the call as a deadline does, and does not depend on the speed of the machine.
    const leaving = new AbortController()
    const error = await failing(
      bot.withInstance({ signal: leaving.signal, failover: 1 }, async () => {
        leaving.abort()
        await new Promise<void>((resolve) => {
          end = resolve
        })
        if (state === 'released') throw notSent(new Error('too late'))
      }),
    )
    if (!isFleetError(error, 'MAYBE_SENT')) throw error
    const [tried] = error.tried
    expect(error.message).toContain(tried?.reservationId)
    end()
    const opposite = state === 'confirmed' ? 'release' : 'confirm'
    await vi.waitFor(() => expect(completed).toContain(`${state}:${tried?.reservationId}`), PATIENTLY)
    const refused = bot.reservation[opposite].mutate({ id: tried?.reservationId ?? '' })
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('covers all numbers together', async () => {
    let calls = 0
    const error = await failing(
      bot.withInstance({ deadlineMs: 3_000, failover: 9 }, async ({ signal }) => {
        calls++
        if (!signal.aborted) await once(signal, 'abort')
        throw notSent(new Error('slowly down'))
      }),
    )
    expect(calls).toBe(1)
    expect(error).toMatchObject({ code: 'NOT_SENT', attempts: 1 })
  })

  it('is earlier when the caller aborts', async () => {
    const leaving = new AbortController()
    const sending = bot.withInstance({ signal: leaving.signal }, async ({ signal }) => {
      leaving.abort(new Error('shutting down'))
      signal.throwIfAborted()
    })
    expect(await failing(sending)).toMatchObject({ message: 'shutting down' })
    const left = bot.withInstance({ signal: leaving.signal }, () => 'sent')
    expect(await failing(left)).toMatchObject({ code: 'ABORTED' })
  })
})

describe('a number with a gap between messages', () => {
  const NAME = 'paced'
  // Longer than the test may take: only maxWaitMs decides.
  const GAP_MS = 45_000
  const HOUR_MS = 3_600_000
  const others = { exclude: ['one', 'two', 'three'] }
  beforeAll(async () => {
    await fleet.addNumbers([NAME], { hourlyCapacity: 1_000, dailyCapacity: 1_000 })
    // No message waits past the end of its hour.
    const leftMs = HOUR_MS - (Date.now() % HOUR_MS)
    if (leftMs < 60_000) await pause(leftMs + 500)
  })
  afterAll(() => fleet.admin.instance.update.mutate({ name: NAME, paused: true, minGapMs: 0 }))

  it('sends one message after the other, never closer than the gap', async () => {
    await fleet.admin.instance.update.mutate({ name: NAME, minGapMs: 700 })
    const turns = await Promise.all(
      [1, 2, 3].map(() =>
        bot.withInstance({ ...others, maxWaitMs: 30_000 }, ({ reservation }) => ({
          atMs: performance.now(),
          goesOutMs: Date.parse(reservation.notBefore ?? reservation.reservedAt),
        })),
      ),
    )
    const [first, second, third] = turns.toSorted((a, b) => a.goesOutMs - b.goesOutMs)
    if (!first || !second || !third) throw new Error('expected three turns')
    expect(second.goesOutMs - first.goesOutMs).toBeGreaterThanOrEqual(700)
    expect(third.goesOutMs - second.goesOutMs).toBeGreaterThanOrEqual(700)
    // The three answers came in one request, at one moment.
    expect(third.atMs - first.atMs).toBeGreaterThanOrEqual(700)
  })

  it('refuses with PACING and availableAt where the message cannot wait, and releases a seat that is left', async () => {
    await fleet.admin.instance.update.mutate({ name: NAME, minGapMs: GAP_MS })
    const error = await failing(bot.withInstance(others, () => 'sent'))
    expect(error).toMatchObject({ code: 'NO_CAPACITY', reasons: { PACING: 1, EXCLUDED: 3 } })
    expect((error as FleetError).availableAt?.getTime()).toBeGreaterThan(Date.now() - GAP_MS)
    const leaving = new AbortController()
    const before = causes.length
    const sentToday = async () => (await fleet.admin.instance.get.query({ name: NAME })).sentToday
    const counted = await sentToday()
    const waiting = failing(
      bot.withInstance({ ...others, maxWaitMs: 2 * GAP_MS, signal: leaving.signal }, () => 'sent'),
    )
    await expect.poll(sentToday, PATIENTLY).toBe(counted + 1)
    leaving.abort(new Error('shutting down'))
    expect(await waiting).toMatchObject({ message: expect.stringContaining('shutting down') })
    expect(await sentToday()).toBe(counted)
    expect(causes.slice(before)).toEqual(['not_tried'])
  })
})

describe('a reservation that cannot be completed', () => {
  /** A client for which one procedure is unreachable. */
  const without = (procedure: string): FleetClient =>
    createFleetClient({
      url: fleet.url,
      apiKey: BOT_KEY,
      timeouts: { quickMs: 2_000 },
      batch: false,
      fetch: (input, init) =>
        String(input).includes(procedure)
          ? Promise.reject(new TypeError('fetch failed'))
          : fetch(input, init),
    })

  it('is reported, and the result of the send is returned', async () => {
    const problems: Unsettled[] = []
    const result = await without('reservation.confirm').withInstance(
      {
        onUnsettled(problem) {
          problems.push(problem)
          throw new Error('the listener fails as well')
        },
      },
      () => 'the answer',
    )
    expect(result).toBe('the answer')
    expect(problems).toMatchObject([{ act: 'confirm', error: { code: 'UNREACHABLE' } }])
  })

  it('does not prevent another number from sending', async () => {
    const problems: Unsettled[] = []
    const tried: string[] = []
    const before = await counted()
    await without('reservation.release').withInstance(
      { failover: 1, onUnsettled: (problem) => problems.push(problem) },
      ({ name }) => {
        tried.push(name)
        if (tried.length === 1) throw notSent(new Error('down'))
      },
    )
    expect(new Set(tried).size).toBe(2)
    expect(problems).toMatchObject([{ act: 'release', reservation: { instanceName: tried[0] } }])
    expect(await counted()).toBe(before + 2)
  })
})

it('names the invalid option', async () => {
  for (const wrong of [{ failover: -1 }, { failover: 0.5 }, { deadlineMs: 0 }]) {
    expect(await failing(bot.withInstance(wrong, () => 'sent'))).toMatchObject({ code: 'INVALID_INPUT' })
  }
})
