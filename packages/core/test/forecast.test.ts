import { beforeEach, expect, it } from 'vitest'
import { FleetError } from '../src/ground/fleet-error.ts'
import { callOf, fleetForecast, recordSend, reserve, setRestriction, updateInstance } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, clock } = await testFleet()
const PATIENT = { deadlineMs: 60_000 }
const PLAN = { newContactsPerDay: 0 }
/** A Tuesday, 21:40 in São Paulo. */
const EVENING = '2026-03-10T21:40:00-03:00'
const MIDNIGHT_MS = Date.parse('2026-03-11T00:00:00-03:00')

type Settings = Partial<Omit<Parameters<typeof updateInstance>[1], 'name'>>

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(EVENING)
})

/** New contacts whom the fleet admits until midnight, each at the moment that the refusal before it names. */
async function admitted(): Promise<number> {
  for (let contacts = 0; ; ) {
    try {
      await reserve(fleet, { contactId: `new-${contacts}` }, PATIENT)
      contacts++
    } catch (error) {
      const again =
        error instanceof FleetError && error.code === 'NO_CAPACITY' ? error.availableAt : undefined
      if (again === undefined) throw error
      if (again === null || again.getTime() >= MIDNIGHT_MS) return contacts
      clock.at = again
    }
  }
}

it.each<[string, Settings, number]>([
  ['a limit for new contacts', { newContactsPerDay: 5 }, 5],
  ['one of an hour', { newContactsPerHour: 2 }, 6],
  ['a daily capacity', { dailyCapacity: 4 }, 4],
  ['an hourly capacity', { hourlyCapacity: 3 }, 9],
  ['a ramp', { ramp: { from: 3, to: 9, days: 4 } }, 3],
  ['a gap', { minGapMs: 600_000 }, 14],
  ['a gap and a limit of an hour', { minGapMs: 600_000, newContactsPerHour: 2 }, 6],
  ['hours', { hours: [{ days: ['tue'], from: '08:00', to: '22:10' }], minGapMs: 600_000 }, 3],
  [
    'hours that open later',
    { hours: [{ days: ['tue'], from: '22:30', to: '24:00' }], newContactsPerHour: 4 },
    8,
  ],
  ['hours of another day', { hours: [{ days: ['mon'], from: '08:00', to: '22:00' }] }, 0],
])('the claims admit what is left of a day by the forecast: %s', async (_what, settings, expected) => {
  await addInstances(sql, ['a'], { hour: 50, day: 60 })
  await updateInstance(callOf(fleet), { name: 'a', ...settings })
  expect((await fleetForecast(fleet, PLAN)).remainingToday).toBe(expected)
  expect(await admitted()).toBe(expected)
  expect((await fleetForecast(fleet, PLAN)).remainingToday).toBe(0)
})

it('counts what the day used, also of the gap', async () => {
  await addInstances(sql, ['a'], { hour: 50, day: 60 })
  await updateInstance(callOf(fleet), { name: 'a', minGapMs: 3_000_000, dailyCapacity: 5 })
  for (let sent = 0; sent < 2; sent++) await recordSend(fleet, { name: 'a' })
  clock.set('2026-03-10T22:00:00-03:00')
  // Free at 22:30, and again at 23:20.
  expect((await fleetForecast(fleet, PLAN)).remainingToday).toBe(2)
  expect(await admitted()).toBe(2)
})

it('names what keeps numbers out, and when a restriction ends', async () => {
  const names = ['banned', 'drained', 'known', 'paused', 'soon', 'twin', 'fails']
  await addInstances(sql, names)
  await addInstances(sql, ['open'], { day: 10 })
  await sql(`update whatsapp_instances set status = 'banned' where nome = 'banned'`)
  await sql(`update whatsapp_instances set duplicata_de = 'open' where nome = 'twin'`)
  await sql(`update whatsapp_instances set entrega = 'failing' where nome = 'fails'`)
  await updateInstance(callOf(fleet), { name: 'drained', draining: true })
  await updateInstance(callOf(fleet), { name: 'paused', paused: true })
  await setRestriction(callOf(fleet), { name: 'known', until: null })
  await setRestriction(callOf(fleet), { name: 'soon', until: '2026-03-11T12:00:00.000Z' })
  const answer = await fleetForecast(fleet, { newContactsPerDay: 100 })
  expect(answer.days.map(({ newContacts }) => newContacts)).toEqual([10, 10, 110, 110, 110, 110, 110])
  expect(answer).toMatchObject({
    sufficientDays: 0,
    sufficientFrom: '2026-03-12',
    unlimited: ['open'],
    short: { day: '2026-03-10', missing: 90 },
  })
  expect(Object.fromEntries(answer.short?.causes.map(({ reason, names }) => [reason, names]) ?? [])).toEqual({
    BANNED: ['banned'],
    DRAINING: ['drained'],
    RESTRICTED: ['known', 'soon'],
    PAUSED: ['paused'],
    DUPLICATE_PHONE: ['twin'],
    NOT_DELIVERING: ['fails'],
    DAILY_LIMIT: ['open'],
  })
})
