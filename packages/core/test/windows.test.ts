import { beforeEach, describe, expect, it } from 'vitest'
import {
  type FleetError,
  fleetStats,
  getInstance,
  recordSend,
  releaseReservation,
  reserve,
  resetDailyCounters,
  resetHourlyCounters,
} from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

beforeEach(async () => {
  await clearFleet(sql)
})

/** How many sends one instance accepts at this moment before it is full; they stay counted. */
async function fill(iso: string): Promise<number> {
  clock.set(iso)
  for (let granted = 0; ; granted++) {
    const full = await reserve(fleet, {}).then(
      () => false,
      (error: FleetError) => error.code === 'NO_CAPACITY' || Promise.reject(error),
    )
    if (full) return granted
  }
}

async function refusedUntil(iso: string): Promise<string | undefined> {
  clock.set(iso)
  const error = (await reserve(fleet, {}).catch((thrown: unknown) => thrown)) as FleetError
  return error.availableAt?.toISOString()
}

describe('without any reset job', () => {
  it('a new hour has its own room, on the second', async () => {
    await addInstances(sql, ['a'], { hour: 3, day: 100 })
    expect(await fill('2026-05-05T12:00:00Z')).toBe(3)
    expect(await fill('2026-05-05T12:59:59.999Z')).toBe(0)
    expect(await fill('2026-05-05T13:00:00Z')).toBe(3)
    expect((await getInstance(fleet, { name: 'a' })).sentToday).toBe(6)
  })

  it('a new day begins at midnight in America/Sao_Paulo, not in UTC', async () => {
    await addInstances(sql, ['a'], { hour: 100, day: 4 })
    expect(await fill('2026-05-05T23:30:00Z')).toBe(4)
    expect(await fill('2026-05-06T00:30:00Z')).toBe(0)
    expect(await refusedUntil('2026-05-06T02:59:59Z')).toBe('2026-05-06T03:00:00.000Z')
    expect(await fill('2026-05-06T03:00:00Z')).toBe(4)
  })

  it('a day of 23 hours ends after 23', async () => {
    // 2018-11-04 began at 01:00 in São Paulo: midnight did not exist.
    await addInstances(sql, ['a'], { hour: 100, day: 2 })
    expect(await fill('2018-11-04T02:59:00Z')).toBe(2)
    expect(await fill('2018-11-04T03:00:00Z')).toBe(2)
    expect(await refusedUntil('2018-11-04T12:00:00Z')).toBe('2018-11-05T02:00:00.000Z')
    expect(await fill('2018-11-05T01:59:59Z')).toBe(0)
    expect(await fill('2018-11-05T02:00:00Z')).toBe(2)
  })

  it('a day of 25 hours lasts 25, and its doubled hour is two hours', async () => {
    // On 2019-02-16 the clock went from 24:00 back to 23:00.
    await addInstances(sql, ['a'], { hour: 1, day: 100 })
    expect(await fill('2019-02-17T01:30:00Z')).toBe(1)
    expect(await fill('2019-02-17T02:30:00Z')).toBe(1)
    expect((await getInstance(fleet, { name: 'a' })).sentToday).toBe(2)
    expect(await fill('2019-02-17T03:00:00Z')).toBe(1)
    expect((await getInstance(fleet, { name: 'a' })).sentToday).toBe(1)
  })

  it('windows never move back when a clock does', async () => {
    await addInstances(sql, ['a'], { hour: 2, day: 100 })
    expect(await fill('2026-05-05T13:00:00Z')).toBe(2)
    expect(await fill('2026-05-05T12:59:00Z')).toBe(0)
    expect(await fill('2026-05-05T13:30:00Z')).toBe(0)
  })

  it('callers read the values of the present window as well', async () => {
    await addInstances(sql, ['a'], { hour: 2, day: 10 })
    await fill('2026-05-05T12:00:00Z')
    clock.set('2026-05-05T13:10:00Z')
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      sentThisHour: 0,
      sentToday: 2,
      available: true,
      loadPercent: 20,
    })
    expect(await fleetStats(fleet)).toMatchObject({
      hour: { capacity: 2, sent: 0, remaining: 2 },
      day: { capacity: 10, sent: 2, remaining: 8 },
      usedPercent: 20,
    })
  })
})

describe('release', () => {
  it('gives back to the window that was charged, and to no later one', async () => {
    await addInstances(sql, ['a'], { hour: 5, day: 5 })
    clock.set('2026-05-05T12:50:00Z')
    const early = await reserve(fleet, {})
    await reserve(fleet, {})
    clock.set('2026-05-05T13:10:00Z')
    await reserve(fleet, {})
    expect((await releaseReservation(fleet, { id: early.id })).remaining).toEqual({
      hour: 4,
      day: 3,
      newContacts: null,
    })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ sentThisHour: 1, sentToday: 2 })
  })

  it('gives a seat back once, however often and however concurrently it is called', async () => {
    await addInstances(sql, ['a'], { hour: 5, day: 5 })
    clock.set('2026-05-05T12:50:00Z')
    const one = await reserve(fleet, {})
    await reserve(fleet, {})
    await Promise.all(Array.from({ length: 6 }, () => releaseReservation(fleet, { id: one.id })))
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ sentThisHour: 1, sentToday: 1 })
  })
})

describe('reset jobs', () => {
  it('change no result: raw columns of old windows become zero, what was sent in this window stays', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 5, day: 5 })
    clock.set('2026-05-05T12:50:00Z')
    await recordSend(fleet, { name: 'a' })
    await recordSend(fleet, { name: 'b' })
    clock.set('2026-05-06T03:00:00Z')
    await recordSend(fleet, { name: 'b' })
    expect(await resetHourlyCounters(fleet)).toEqual({ changed: 1 })
    expect(await resetDailyCounters(fleet)).toEqual({ changed: 1 })
    expect(
      await sql('select nome, msgs_enviadas_hora h, msgs_enviadas_dia d from whatsapp_instances order by 1'),
    ).toEqual([
      { nome: 'a', h: 0, d: 0 },
      { nome: 'b', h: 1, d: 1 },
    ])
    expect(await resetHourlyCounters(fleet)).toEqual({ changed: 0 })
  })
})

describe('recordSend', () => {
  it('counts a send, even above the limit', async () => {
    await addInstances(sql, ['a'], { hour: 1, day: 1 })
    clock.set('2026-05-05T12:50:00Z')
    await recordSend(fleet, { name: 'a' })
    expect(await recordSend(fleet, { name: 'a' })).toMatchObject({
      sentThisHour: 2,
      sentToday: 2,
      available: false,
      unavailableReason: 'DAILY_LIMIT',
      loadPercent: 200,
    })
    await expect(recordSend(fleet, { name: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
