import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  closeFleet,
  confirmReservation,
  type Fleet,
  FleetError,
  openFleet,
  recordSend,
  releaseReservation,
  reserve,
  silentLog,
} from '../src/index.ts'
import type { Reservation } from '../src/reservation/reservation.ts'
import { cuttableWire } from './support/cuttable-wire.ts'
import { addInstances, clearFleet, noEvolution, testFleet } from './support/fleet.ts'
import { stall, untilStalled } from './support/stall.ts'

/** Longer than the deadlines under test, on a busy machine too. */
const PATIENT = { deadlineMs: 100_000 }
const LOCK_A = `select from whatsapp_instances where nome = 'a' for update`

const { fleet, sql, url, another } = await testFleet()
const wire = await cuttableWire(url)

afterAll(() => wire.close())

beforeEach(async () => {
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
})

type Outcome = { code: string; reservation?: Reservation }

/** How a call ended. */
async function outcome(call: Promise<unknown>): Promise<Outcome> {
  const [code, reservation] = await call.then(
    (result) => ['granted', result as Reservation] as const,
    (error: unknown) => [error instanceof FleetError ? error.code : `${error}`, undefined] as const,
  )
  return { code, ...(reservation && { reservation }) }
}

const outcomes = (calls: number, call: (number: number) => Promise<unknown>): Promise<Outcome[]> =>
  Promise.all(Array.from({ length: calls }, (_, number) => outcome(call(number))))

const codes = (ended: Outcome[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { code } of ended) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

const sent = async (): Promise<number> => {
  const [row] = await sql('select sum(msgs_enviadas_hora)::int n from whatsapp_instances')
  return row?.n as unknown as number
}

describe('when the database does not answer', () => {
  it('the allowed number of calls waits, and the others get OVERLOADED at once', async () => {
    await addInstances(sql, ['a'])
    const small = await another({ maxWaiting: 5 })
    const { go } = await stall(url, LOCK_A)
    const first = outcome(reserve(small, {}, PATIENT))
    await untilStalled(sql)
    const waiting = outcomes(5, () => reserve(small, {}, PATIENT))
    expect(small.engine.figures().waiting).toBe(5)
    // A refusal at once needs no deadline: the deadline of the calls would end after the test.
    const late = await outcomes(500, () => reserve(small, {}, { deadlineMs: 600_000 }))
    expect(codes(late)).toEqual({ OVERLOADED: 500 })
    expect(small.engine.figures().waiting).toBe(5)
    await go()
    expect(codes([await first, ...(await waiting)])).toEqual({ granted: 6 })
    expect(small.engine.figures().waiting).toBe(0)
    expect(await sent()).toBe(6)
  })

  it('no call waits past its deadline, and what was claimed for an ended call is given back', async () => {
    await addInstances(sql, ['a'])
    const { go } = await stall(url, LOCK_A)
    const started = outcomes(4, (number) => reserve(fleet, { contactId: `c${number}` }, { deadlineMs: 300 }))
    await untilStalled(sql)
    const behind = outcomes(4, () => reserve(fleet, {}, { deadlineMs: 200 }))
    let longerCode: string | null = null
    const longer = outcome(reserve(fleet, {}, PATIENT)).then(({ code }) => {
      longerCode = code
    })
    // Each by its own deadline: the longer one still waits when the shorter ones end.
    const ended = [...(await started), ...(await behind)]
    expect(codes(ended)).toEqual({ OVERLOADED: 8 })
    expect(longerCode).toBeNull()
    await go()
    await longer
    expect(longerCode).toBe('granted')
    // One more proves that the batches are done: the one that was held, and the next one.
    await reserve(fleet, {})
    await vi.waitFor(async () => expect(await sent()).toBe(2), { timeout: 60_000, interval: 20 })
    expect(
      await sql('select state, count(*)::int n from zapfleet.reservations group by 1 order by 1'),
    ).toEqual([
      { state: 'released', n: 8 },
      { state: 'reserved', n: 2 },
    ])
  })

  it('with an idempotency key the seat stays for the repeat of the call', async () => {
    await addInstances(sql, ['a'])
    const { go } = await stall(url, LOCK_A)
    const gone = outcome(reserve(fleet, { idempotencyKey: 'k', contactId: 'c' }, { deadlineMs: 200 }))
    await untilStalled(sql)
    expect((await gone).code).toBe('OVERLOADED')
    await go()
    const again = await reserve(fleet, { idempotencyKey: 'k', contactId: 'c' })
    expect(again.state).toBe('reserved')
    expect(await sql('select id, state from zapfleet.reservations')).toEqual([
      { id: again.id, state: 'reserved' },
    ])
    expect(await sent()).toBe(1)
  })
})

describe('when the database goes down', () => {
  it('every waiting call gets DATABASE_UNAVAILABLE promptly, and calls succeed when it is back', async () => {
    await addInstances(sql, ['a'], { hour: 1_000, day: 1_000 })
    const remote = await another({ databaseUrl: wire.url })
    const held = await reserve(remote, {})
    const { go } = await stall(url, LOCK_A)
    const calls = [outcome(reserve(remote, {}, PATIENT))]
    await untilStalled(sql)
    for (let n = 0; n < 400; n++) calls.push(outcome(reserve(remote, { contactId: `c${n}` }, PATIENT)))
    calls.push(outcome(releaseReservation(remote, { id: held.id })))
    wire.cut()
    // The lock is still held: without the cut each call ends OVERLOADED at its deadline.
    expect(codes(await Promise.all(calls))).toEqual({ DATABASE_UNAVAILABLE: 402 })

    const meanwhile = await outcomes(20, () => reserve(remote, {}, PATIENT))
    expect(codes([...meanwhile, await outcome(recordSend(remote, { name: 'a' }))])).toEqual({
      DATABASE_UNAVAILABLE: 21,
    })
    await go()
    await wire.mend()
    const back = await outcomes(50, (n) => reserve(remote, { contactId: `c${n}` }, PATIENT))
    expect(codes(back)).toEqual({ granted: 50 })
    expect(remote.engine.figures().waiting).toBe(0)
    const [{ n: counted } = { n: -1 }] = await sql(
      `select count(*)::int n from zapfleet.reservations where state <> 'released'`,
    )
    expect(await sent()).toBe(counted)
  })

  it('connections that the server ends are replaced, and every error is typed', async () => {
    await addInstances(sql, ['a'], { hour: 10_000, day: 10_000 })
    const ending = (async () => {
      for (let n = 0; n < 10; n++)
        await sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name in ('zapfleet', 'zapfleet claims')`,
        )
    })()
    const ended = await outcomes(300, (n) => reserve(fleet, { contactId: `c${n}` }, PATIENT))
    await ending
    for (const { code } of ended) expect(['granted', 'DATABASE_UNAVAILABLE']).toContain(code)
    await vi.waitFor(async () => expect((await outcome(reserve(fleet, {}))).code).toBe('granted'), 60_000)
    const [row] = await sql('select count(*)::int n from zapfleet.reservations')
    expect(await sent()).toBe(row?.n)
  })
})

describe('a value that the database refuses', () => {
  it.each([['a contact', { contactId: 'x\u0000y' }]])('in %s fails its own call alone', async (_, bad) => {
    await addInstances(sql, ['a', 'b'])
    const calls = await Promise.all([
      outcome(reserve(fleet, { contactId: 'before' }, PATIENT)),
      outcome(reserve(fleet, bad, PATIENT)),
      outcome(reserve(fleet, { contactId: 'after', idempotencyKey: 'good' })),
      outcome(reserve(fleet, { exclude: ['a'] })),
    ])
    expect(calls.map((one) => one.code)).toEqual(['granted', 'INVALID_INPUT', 'granted', 'granted'])
    expect(await sent()).toBe(3)
  })
})

describe('closing a fleet under load', () => {
  const settle = (of: Fleet, held: Reservation[]): Promise<Outcome[]> =>
    outcomes(held.length, (n) =>
      n % 2
        ? releaseReservation(of, { id: held[n]?.id ?? '' })
        : confirmReservation(of, { id: held[n]?.id ?? '' }),
    )

  it('answers every call in progress, and refuses later ones', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 10_000, day: 10_000 })
    const closing = await openFleet({
      databaseUrl: url,
      timeZone: 'America/Sao_Paulo',
      evolution: noEvolution,
      log: silentLog,
    })
    const held = await Promise.all(Array.from({ length: 40 }, () => reserve(closing, {}, PATIENT)))
    const working = [
      outcomes(800, (n) => reserve(closing, { contactId: `c${n % 300}` }, PATIENT)),
      settle(closing, held),
    ]
    const closed = closeFleet(closing)
    expect(codes(await outcomes(3, () => reserve(closing, {}, PATIENT)))).toEqual({ OVERLOADED: 3 })
    await closed
    const [reserves = [], settles = []] = await Promise.all(working)
    expect(codes(reserves)).toEqual({ granted: 800 })
    expect(codes(settles)).toEqual({ granted: 40 })
    const [row] = await sql(`select count(*)::int n from zapfleet.reservations where state = 'released'`)
    expect(row?.n).toBe(20)
  })
})
