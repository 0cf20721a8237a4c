import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  chooseInstance,
  type Fleet,
  getInstance,
  type Reservation,
  releaseReservation,
  setPreference,
  updateInstance,
} from '../../src/index.ts'
import { type Attempt, attemptReserve, isGranted } from '../support/attempt.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, clock } = await testFleet()
const others = [await another(), await another()]
const fleets = [fleet, ...others]

/** 10:00 in São Paulo. */
const NOW = '2026-03-10T13:00:00.000Z'
const MIDNIGHT = '2026-03-11T03:00:00.000Z'

const limit = (newContactsPerDay: number | null) =>
  updateInstance(callOf(fleet), { name: 'a', newContactsPerDay })
const attempt = (of: Fleet, contactId: string, more: object = {}): Promise<Attempt> =>
  attemptReserve(of, { contactId, ...more })
const granted = async (of: Fleet, contactId: string, more: object = {}): Promise<Reservation> => {
  const one = await attempt(of, contactId, more)
  if (!isGranted(one)) throw one
  return one
}
const at = (place: number): Fleet => fleets[place % fleets.length] as Fleet

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(NOW)
  for (const one of fleets) await one.engine.snapshot.refresh()
})

describe('room for a new contact that was given back', () => {
  it('is taken by another contact; the first one then moves', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
    await limit(1)
    const one = await granted(fleet, 's1', { exclude: ['b'] })
    await releaseReservation(fleet, { id: one.id })
    await granted(at(1), 's2', { exclude: ['b'] })
    expect(await attempt(at(2), 's1', { fallback: 'refuse' })).toMatchObject({
      reasons: { NEW_CONTACT_LIMIT: 1 },
    })
    expect(await attempt(at(2), 's1')).toMatchObject({ instanceName: 'b', preference: 'moved' })
  })

  it('is given back after midnight too', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit(1)
    clock.set('2026-03-11T02:59:00.000Z')
    const one = await granted(fleet, 's1')
    clock.set('2026-03-11T03:01:00.000Z')
    await releaseReservation(at(1), { id: one.id })
    const answers = [await attempt(at(1), 's2'), await attempt(at(2), 's1')]
    expect(answers.map(isGranted)).toEqual([true, false])
  })

  it('is given back with what the conversation stored of the message', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit(1)
    const one = await granted(fleet, 's1')
    await sql(`update zapfleet.conversations set last_sent_at = $1 where contact_id = 's1'`, [NOW])
    await releaseReservation(at(1), { id: one.id })
    expect(await sql('select last_sent_at from zapfleet.conversations')).toEqual([{ last_sent_at: null }])
    const answers = [await attempt(at(1), 's2'), await attempt(at(2), 's1')]
    expect(answers.map(isGranted)).toEqual([true, false])
  })

  it('is free when the reservation was released while there was no limit', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
    await limit(1)
    const one = await granted(fleet, 's1', { exclude: ['b'] })
    await limit(null)
    await releaseReservation(fleet, { id: one.id })
    await setPreference(fleet, { id: 's1', instanceName: 'b' })
    expect(await limit(1)).toMatchObject({ newContactsToday: 0 })
    await granted(at(1), 's2', { exclude: ['b'] })
    expect(isGranted(await attempt(at(1), 's1', { exclude: ['b'] }))).toBe(false)
  })

  it('is taken by the first message after a choice that counted nothing', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit(2)
    const contacts = ['s1', 's2', 's3', 's4']
    for (const contactId of contacts) await chooseInstance(fleet, { contactId })
    const answers = await Promise.all(contacts.map((contactId, n) => attempt(at(n), contactId)))
    expect(answers.filter(isGranted).length).toBe(2)
  })
})

describe('a limit for new contacts', () => {
  it('counts a contact once when the clock steps back over midnight', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
    await limit(1)
    for (const [id, instanceName] of [
      ['s1', 'b'],
      ['own', 'a'],
    ] as const)
      await setPreference(fleet, { id, instanceName })
    clock.set(MIDNIGHT)
    await granted(fleet, 'own')
    clock.set('2026-03-11T02:59:58.000Z')
    for (const one of fleets) await one.engine.snapshot.refresh()
    for (let n = 0; n < 3; n++) await granted(at(n), 's1', { exclude: ['b'], fallback: 'borrow' })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 1 })
  })

  it.each([
    ['hour', '2026-03-10T14:00:00.000Z', { newContactsThisHour: 1, newContactsToday: 1 }],
    ['day', MIDNIGHT, { newContactsThisHour: 1, newContactsToday: 1 }],
  ])(
    'gives back nothing of the present %s for a contact of the one before, although the release read its moment before the change',
    async (_window, change, counters) => {
      await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
      await limit(5)
      clock.set(new Date(Date.parse(change) - 2_000).toISOString())
      const before = await granted(fleet, 's1')
      clock.set(new Date(Date.parse(change) + 1_000).toISOString())
      await granted(at(1), 's2')
      clock.set(new Date(Date.parse(change) - 1_000).toISOString())
      await releaseReservation(at(2), { id: before.id })
      clock.set(new Date(Date.parse(change) + 2_000).toISOString())
      expect(await getInstance(fleet, { name: 'a' })).toMatchObject(counters)
    },
  )

  it('is given back in the windows that were charged, although the release is the first to read the next day', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit(5)
    clock.set('2026-03-11T02:59:00.000Z')
    const one = await granted(fleet, 's1')
    await granted(at(1), 's2')
    clock.set('2026-03-11T03:00:01.000Z')
    expect((await releaseReservation(at(2), { id: one.id })).remaining).toMatchObject({ newContacts: 5 })
    clock.set('2026-03-11T02:59:59.000Z')
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      newContactsThisHour: 1,
      newContactsToday: 1,
    })
  })

  it('gives back the hour that was charged, although the claim read its moment in the hour before', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit(5)
    clock.set('2026-03-10T14:00:01.000Z')
    await granted(fleet, 's1')
    clock.set('2026-03-10T13:59:59.000Z')
    for (const one of fleets) await one.engine.snapshot.refresh()
    const late = await granted(at(1), 's2')
    clock.set('2026-03-10T14:00:02.000Z')
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsThisHour: 2 })
    await releaseReservation(at(2), { id: late.id })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      newContactsThisHour: 1,
      newContactsToday: 1,
    })
  })

  it('keeps a contact that borrows at the number that counted it', async () => {
    await addInstances(sql, ['a', 'b', 'c'], { hour: 1000, day: 1000 })
    for (const name of ['b', 'c']) await updateInstance(callOf(fleet), { name, newContactsPerDay: 5 })
    await setPreference(fleet, { id: 'ana', instanceName: 'a' })
    await sql(`update whatsapp_instances set status = 'banned' where nome = 'a'`)
    const names = new Set<string>()
    for (let n = 0; n < 6; n++) names.add((await granted(at(n), 'ana', { fallback: 'borrow' })).instanceName)
    expect(names.size).toBe(1)
  })
})

describe('what another program wrote as hours or as a ramp', () => {
  it.each(['{"a":1}', '"x"', '[]', '[1]', 'null', '[{"days":["seg"],"from":"08:00","to":"20:00"}]'])(
    'stops no other number: hours %s',
    async (hours) => {
      await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
      await sql(`update whatsapp_instances set horario = $1::jsonb where nome = 'a'`, [hours])
      expect(await attempt(at(1), 'c1', { exclude: ['a'] })).toMatchObject({ instanceName: 'b' })
      const own = await attempt(at(2), 'c2', { exclude: ['b'] })
      expect(isGranted(own) ? 'granted' : own.availableAt).toEqual(/seg|1\]/.test(hours) ? null : 'granted')
    },
  )

  it.each(['{"limitToday":"x"}', '{"limitToday":1.5}', '[]', '"x"', 'null'])(
    'stops no other number: ramp %s',
    async (ramp) => {
      await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
      await sql(`update whatsapp_instances set rampa = $1::jsonb where nome = 'a'`, [ramp])
      expect(await attempt(at(1), 'c1', { exclude: ['a'] })).toMatchObject({ instanceName: 'b' })
      expect(await attempt(at(2), 'c2', { exclude: ['b'] })).toMatchObject({ instanceName: 'a' })
    },
  )
})
