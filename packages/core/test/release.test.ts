import { beforeEach, describe, expect, it } from 'vitest'
import { confirmReservation, getInstance, releaseReservation, reserve } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'
import { stall, untilStalled } from './support/stall.ts'

const { fleet: one, another: open, sql, url, clock } = await testFleet()
const other = await open()
const PATIENT = { deadlineMs: 30_000 }

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
})

const lastSent = async (name: string): Promise<string | null> => (await getInstance(one, { name })).lastSentAt

/** Reserves on an instance at a moment. */
async function reserveAt(minute: number, name = 'a', fleet = one) {
  clock.set(`2026-03-10T13:${String(minute).padStart(2, '0')}:00Z`)
  const exclude = ['a', 'b'].filter((one) => one !== name)
  return reserve(fleet, { exclude }, PATIENT)
}

describe('a release', () => {
  it('makes the counted message before it the last one again, and none where there was none', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserveAt(1)
    const foreign = await reserveAt(2, 'b')
    const second = await reserveAt(3)
    expect(await lastSent('a')).toBe(second.reservedAt)
    await releaseReservation(one, { id: second.id })
    expect(await lastSent('a')).toBe(first.reservedAt)
    await releaseReservation(one, { id: first.id })
    expect(await lastSent('a')).toBeNull()
    expect(await lastSent('b')).toBe(foreign.reservedAt)
  })

  it('leaves the last message as it is where another one came after, and passes over released ones later', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserveAt(1)
    const second = await reserveAt(2)
    const third = await reserveAt(3)
    await releaseReservation(one, { id: second.id })
    expect(await lastSent('a')).toBe(third.reservedAt)
    await releaseReservation(one, { id: third.id })
    expect(await lastSent('a')).toBe(first.reservedAt)
  })

  it('keeps the moment that another message of the same moment has', async () => {
    await addInstances(sql, ['a', 'b'])
    await reserveAt(1)
    const [second] = [await reserveAt(2), await reserveAt(2)]
    await releaseReservation(one, { id: second.id })
    expect(await lastSent('a')).toBe(second.reservedAt)
  })

  it('passes over the other reservations that the same call gives back, and stops at one that was confirmed', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserveAt(1)
    const confirmed = await reserveAt(2)
    const later = [await reserveAt(3), await reserveAt(4)]
    await confirmReservation(one, { id: confirmed.id })
    const calls = await Promise.allSettled(
      [first, confirmed, ...later].map(({ id }) => releaseReservation(one, { id })),
    )
    expect(calls.map((call) => call.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(await lastSent('a')).toBe(confirmed.reservedAt)
  })

  it('names the oldest of 2,000 messages of others when its own are further away', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserveAt(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const taken = await reserveAt(9)
    // Ids of the millisecond after the first one.
    const between = (BigInt(`0x${first.id.slice(0, 13).replace('-', '')}`) + 1n)
      .toString(16)
      .padStart(12, '0')
    await sql(
      `insert into zapfleet.reservations (id, instance_name, strategy, preference, hour_window, day_window, reserved_at)
       select ($1::text || '70008000' || lpad(to_hex(n), 12, '0'))::uuid, 'b', 'sticky', 'none', 'epoch', 'epoch',
         '2026-03-10T13:03:00Z'::timestamptz + n * interval '10 ms' from generate_series(1, 2100) n`,
      [between],
    )
    await releaseReservation(one, { id: taken.id })
    const at = await lastSent('a')
    expect(at !== null && at > '2026-03-10T13:03:00' && at < '2026-03-10T13:03:02').toBe(true)
  })

  it('sees the release of an older message that it waited for', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserveAt(1)
    const second = await reserveAt(2)
    const third = await reserveAt(3)
    const held = await stall(url, `update whatsapp_instances set prioridade = 2 where nome = 'a'`)
    const early = releaseReservation(one, { id: second.id })
    await untilStalled(sql, 1)
    const late = releaseReservation(other, { id: third.id })
    await untilStalled(sql, 2)
    await held.go()
    await Promise.all([early, late])
    expect(await lastSent('a')).toBe(first.reservedAt)
  })

  it('sees a message that was counted while it waited', async () => {
    await addInstances(sql, ['a', 'b'])
    await reserveAt(1)
    const second = await reserveAt(2)
    await other.engine.snapshot.refresh()
    const held = await stall(url, `update whatsapp_instances set prioridade = 2 where nome = 'a'`)
    const third = reserveAt(3, 'a', other)
    await untilStalled(sql, 1)
    const release = releaseReservation(one, { id: second.id })
    await untilStalled(sql, 2)
    await held.go()
    await release
    expect(await lastSent('a')).toBe((await third).reservedAt)
  })

  it('stores its cause once', async () => {
    await addInstances(sql, ['a'])
    const { id } = await reserve(one, {}, PATIENT)
    await releaseReservation(one, { id, cause: 'line_down' })
    await releaseReservation(one, { id, cause: 'refused' })
    expect(await sql('select state, release_cause from zapfleet.reservations')).toEqual([
      { state: 'released', release_cause: 'line_down' },
    ])
  })
})
