import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  callOf,
  explain,
  type Fleet,
  FleetError,
  getInstance,
  type Reservation,
  recordInbound,
  releaseReservation,
  setPreference,
  updateInstance,
} from '../../src/index.ts'
import { type Attempt, attemptReserve, isGranted } from '../support/attempt.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, clock } = await testFleet()
const others = [await another(), await another(), await another()]
const fleets = [fleet, ...others]

/** 10:00 in São Paulo. */
const NOW = '2026-03-10T13:00:00.000Z'
const MIDNIGHT = '2026-03-11T03:00:00.000Z'

const limit = (name: string, newContactsPerDay: number | null, newContactsPerHour: number | null = null) =>
  updateInstance(callOf(fleet), { name, newContactsPerDay, newContactsPerHour })
const attempt = (of: Fleet, contactId: string, more: object = {}): Promise<Attempt> =>
  attemptReserve(of, { contactId, ...more })

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(NOW)
  for (const one of fleets) await one.engine.snapshot.refresh()
})

describe('a limit for new contacts', () => {
  it.each(['sticky', 'round_robin', 'least_loaded'] as const)(
    'grants exactly so many new contacts, ten calls for each in four processes (%s)',
    async (strategy) => {
      const names = ['a', 'b', 'c', 'd', 'e']
      await addInstances(sql, names, { hour: 10_000, day: 10_000 })
      for (const name of names) await limit(name, 20)
      const calls = Array.from({ length: 5_000 }, (_, n) => ({
        of: fleets[n % 4],
        contact: `p${(n * 7) % 500}`,
      }))
      const answers: Attempt[] = []
      const call = async (): Promise<void> => {
        for (let next = calls.pop(); next; next = calls.pop())
          answers.push(await attempt(next.of as Fleet, next.contact, { strategy }))
      }
      await Promise.all(Array.from({ length: 64 }, call))
      const granted = answers.filter(isGranted)
      const pairs = new Set(granted.map(({ instanceName, contactId }) => `${instanceName} ${contactId}`))
      expect(pairs.size).toBe(100)
      if (strategy === 'sticky') expect(new Set(granted.map(({ contactId }) => contactId)).size).toBe(100)
      for (const name of names)
        expect(await getInstance(fleet, { name })).toMatchObject({
          newContactsToday: 20,
          newContactsThisHour: 20,
        })
      const refused = answers.filter((one): one is FleetError => one instanceof FleetError)
      for (const { reasons, availableAt } of refused) {
        expect(reasons).toEqual({ NEW_CONTACT_LIMIT: 5 })
        expect(availableAt?.toISOString()).toBe(MIDNIGHT)
      }
    },
    300_000,
  )

  it.each([
    ['sticky', 100],
    ['round_robin', 20],
  ] as const)(
    'refuses no new contact that there is room for (%s)',
    async (strategy, contacts) => {
      const names = ['a', 'b', 'c', 'd', 'e']
      await addInstances(sql, names, { hour: 10_000, day: 10_000 })
      for (const name of names) await limit(name, 20)
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, n) =>
          attempt(fleets[n % 4] as Fleet, `p${(n * 7) % contacts}`, { strategy }),
        ),
      )
      expect(answers.filter(isGranted).length).toBe(1_000)
      const counted = await Promise.all(names.map((name) => getInstance(fleet, { name })))
      const pairs = new Set(answers.filter(isGranted).map((one) => `${one.instanceName} ${one.contactId}`))
      expect(counted.reduce((sum, one) => sum + one.newContactsToday, 0)).toBe(pairs.size)
    },
    300_000,
  )

  it('refuses no contact that is known to the number, its own, or a group', async () => {
    await addInstances(sql, ['a'])
    await limit('a', 1)
    await setPreference(fleet, { id: 'own', instanceName: 'a' })
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ('known', 'a', $1::timestamptz - interval '3 days')`,
      [NOW],
    )
    await recordInbound(fleet, { id: '+5511987654321', instanceName: 'a' })
    expect(isGranted(await attempt(fleet, 'new-1'))).toBe(true)
    for (const [n, id] of ['own', 'known', '+5511987654321', '1203630@g.us', 'new-1'].entries())
      expect(isGranted(await attempt(fleets[n % 4] as Fleet, id))).toBe(true)
    expect(await attempt(fleet, 'new-2')).toMatchObject({ reasons: { NEW_CONTACT_LIMIT: 1 } })
    const explained = await explain(fleet, { contactId: 'new-2' })
    expect(explained).toMatchObject({
      chosen: null,
      candidates: [{ name: 'a', reason: 'NEW_CONTACT_LIMIT', availableAt: MIDNIGHT }],
    })
    expect((await explain(fleet, { contactId: 'known' })).chosen).toBe('a')
    expect(isGranted(await attempt(fleet, 'no-contact', { contactId: undefined }))).toBe(true)
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 1, available: true })
  })

  it('needs one claim for a contact who has this number, and for a message without a contact', async () => {
    await addInstances(sql, ['a'])
    await limit('a', 1)
    await setPreference(fleet, { id: 'own', instanceName: 'a' })
    // Its kind is remembered from the first one on.
    for (let grant = 0; grant < 2; grant++) expect(isGranted(await attempt(fleet, 'own'))).toBe(true)
    const claims = vi.spyOn(fleet.sql, 'runClaim')
    expect(isGranted(await attempt(fleet, 'own'))).toBe(true)
    expect(isGranted(await attempt(fleet, 'none', { contactId: undefined }))).toBe(true)
    expect(claims).toHaveBeenCalledTimes(2)
    claims.mockRestore()
  })

  it('shows how many are left, and counts by hour and by day', async () => {
    await addInstances(sql, ['a'])
    await limit('a', 3, 2)
    expect(await attempt(fleet, 's1')).toMatchObject({ kind: 'new', remaining: { newContacts: 1 } })
    expect(await attempt(fleet, 's1')).toMatchObject({ remaining: { newContacts: 1 } })
    expect(await attempt(fleet, 's2')).toMatchObject({ remaining: { newContacts: 0 } })
    const full = await attempt(fleet, 's3')
    expect(full).toMatchObject({ reasons: { NEW_CONTACT_LIMIT: 1 } })
    expect((full as FleetError).availableAt?.toISOString()).toBe('2026-03-10T14:00:00.000Z')
    clock.set('2026-03-10T14:00:00.000Z')
    expect(await attempt(fleet, 's3')).toMatchObject({ remaining: { newContacts: 0 } })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      newContactsThisHour: 1,
      newContactsToday: 3,
    })
    expect(((await attempt(fleet, 's4')) as FleetError).availableAt?.toISOString()).toBe(MIDNIGHT)
    clock.set(MIDNIGHT)
    expect(await attempt(fleet, 's4')).toMatchObject({ remaining: { newContacts: 1 } })
  })

  it('charges a contact that moves, within the limit of the others', async () => {
    await addInstances(sql, ['a', 'b', 'c'], { hour: 1000, day: 1000 })
    for (let n = 0; n < 30; n++) await setPreference(fleet, { id: `p${n}`, instanceName: 'a' })
    await limit('b', 4)
    await limit('c', 6)
    await sql(`update whatsapp_instances set status = 'banned' where nome = 'a'`)
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, n) => attempt(fleets[n % 4] as Fleet, `p${n % 30}`)),
    )
    const granted = answers.filter(isGranted)
    expect(new Set(granted.map(({ contactId }) => contactId)).size).toBe(10)
    for (const one of answers)
      if (!isGranted(one)) expect(one.reasons).toEqual({ BANNED: 1, NEW_CONTACT_LIMIT: 2 })
    // Who writes to a number costs nothing there.
    await recordInbound(fleet, { id: '+5511999990000', instanceName: 'b' })
    expect(await attempt(fleet, '+5511999990000')).toMatchObject({ instanceName: 'b', kind: 'reply' })
    expect(await getInstance(fleet, { name: 'b' })).toMatchObject({ newContactsToday: 4 })
  })

  it('gets the room back by a release, once nothing else went to the person', async () => {
    await addInstances(sql, ['a'])
    await limit('a', 1)
    const first = (await attempt(fleet, 's1')) as Reservation
    const second = (await attempt(others[0] as Fleet, 's1')) as Reservation
    await releaseReservation(fleet, { id: first.id })
    expect(await attempt(fleet, 's2')).toMatchObject({ reasons: { NEW_CONTACT_LIMIT: 1 } })
    expect(await releaseReservation(others[1] as Fleet, { id: second.id })).toMatchObject({
      remaining: { newContacts: 1 },
    })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 0 })
    await releaseReservation(fleet, { id: second.id })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 0 })
    const answers = await Promise.all([attempt(fleet, 's2'), attempt(others[2] as Fleet, 's3')])
    expect(answers.filter(isGranted).length).toBe(1)
  })

  it.each([
    ['an hour', '2026-03-10T13:59:59.900Z', '2026-03-10T14:00:00.100Z', 'newContactsThisHour'],
    ['midnight', '2026-03-11T02:59:59.900Z', '2026-03-11T03:00:00.100Z', 'newContactsToday'],
  ] as const)(
    'gets no room of the next window back by a release that began before %s and waited for the number',
    async (_end, before, after, counter) => {
      await addInstances(sql, ['a'], { hour: 100, day: 100 })
      await limit('a', 10, 10)
      clock.set(before)
      const first = (await attempt(fleet, 'p1')) as Reservation
      clock.set(after)
      await fleet.engine.snapshot.refresh()
      for (const person of ['p2', 'p3']) expect(isGranted(await attempt(fleet, person))).toBe(true)
      // Its moment is that of its begin, as with the clock of the database.
      clock.set(before)
      await releaseReservation(others[0] as Fleet, { id: first.id })
      clock.set(after)
      const found = await getInstance(fleet, { name: 'a' })
      expect([found[counter], found.sentThisHour]).toEqual([2, 2])
    },
  )

  it('grants no more contacts when each reservation is released and made again', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit('a', 2)
    for (let n = 0; n < 10; n++) {
      const first = await attempt(fleets[n % 4] as Fleet, `s${n}`)
      if (isGranted(first)) await releaseReservation(fleet, { id: first.id, cause: 'not_tried' })
    }
    const again = await Promise.all(
      Array.from({ length: 40 }, (_, n) => attempt(fleets[n % 4] as Fleet, `s${n % 10}`)),
    )
    expect(new Set(again.filter(isGranted).map(({ contactId }) => contactId)).size).toBe(2)
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 2 })
  })

  it('counts a person once under several forms, and in the hour in which the contact is new', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await limit('a', 5, 2)
    const forms = ['5547988887777', '554788887777', '+55 (47) 98888-7777', '5547988887777@s.whatsapp.net']
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        attempt(fleets[n % 4] as Fleet, String(forms[n % 4]), { strategy: 'round_robin' }),
      ),
    )
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ newContactsToday: 1 })
    clock.set('2026-03-10T14:00:00.000Z')
    const second = (await attempt(fleet, 's2', { strategy: 'round_robin' })) as Reservation
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      newContactsToday: 2,
      newContactsThisHour: 1,
    })
    clock.set(MIDNIGHT)
    await attempt(fleet, 's3', { strategy: 'round_robin' })
    await releaseReservation(others[1] as Fleet, { id: second.id })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      newContactsToday: 1,
      newContactsThisHour: 1,
    })
  })

  it('counts those of the day that it begins on', async () => {
    await addInstances(sql, ['a'])
    for (let n = 0; n < 3; n++) await attempt(fleet, `s${n}`)
    const released = (await attempt(fleet, 's3')) as Reservation
    await releaseReservation(fleet, { id: released.id })
    expect(await limit('a', 4)).toMatchObject({ newContactsToday: 3, newContactsThisHour: 3 })
    expect(isGranted(await attempt(others[0] as Fleet, 's4'))).toBe(true)
    expect(isGranted(await attempt(others[1] as Fleet, 's5'))).toBe(false)
    expect(isGranted(await attempt(others[1] as Fleet, 's1'))).toBe(true)
  })

  it('holds from the next claim on in a process that read no limit', async () => {
    await addInstances(sql, ['a'])
    for (const one of fleets) await one.engine.snapshot.refresh()
    await limit('a', 2)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => attempt(others[n % 3] as Fleet, `s${n}`)),
    )
    expect(answers.filter(isGranted).length).toBe(2)
  })

  it('of zero refuses every new contact, and time alone does not help', async () => {
    await addInstances(sql, ['a'])
    await limit('a', 0)
    const refused = (await attempt(fleet, 's1')) as FleetError
    expect(refused.reasons).toEqual({ NEW_CONTACT_LIMIT: 1 })
    expect(refused.availableAt).toBeNull()
  })
})
