import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  chooseInstance,
  explain,
  type Fleet,
  type FleetError,
  getInstance,
  getReservation,
  type Reservation,
  releaseReservation,
  reserve,
  setPreference,
  updateInstance,
} from '../../src/index.ts'
import { type Attempt, attemptReserve, isGranted } from '../support/attempt.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, clock } = await testFleet()
const others = [await another(), await another(), await another()]
const fleets = [fleet, ...others]

const NOW = '2026-03-10T13:00:00.000Z'
const after = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1000).toISOString()

const gap = (name: string, minGapMs: number) => updateInstance(callOf(fleet), { name, minGapMs })
const attempt = (of: Fleet, input: object = {}): Promise<Attempt> => attemptReserve(of, input)
const sentAt = ({ notBefore, reservedAt }: Reservation): string => notBefore ?? reservedAt

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(NOW)
  for (const one of fleets) await one.engine.snapshot.refresh()
})

describe('a gap between messages', () => {
  it('grants the slots within the wait, over four processes, and shows when the next is free', async () => {
    const names = ['a', 'b', 'c', 'd']
    await addInstances(sql, names, { hour: 1000, day: 1000 })
    for (const name of names) await gap(name, 20_000)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        attempt(fleets[n % 4] as Fleet, { contactId: `p${n}`, maxWaitMs: 60_000 }),
      ),
    )
    const granted = answers.filter(isGranted)
    for (const name of names)
      expect(
        granted
          .filter(({ instanceName }) => instanceName === name)
          .map(sentAt)
          .sort(),
      ).toEqual([after(0), after(20), after(40), after(60)])
    expect(granted.length).toBe(16)
    for (const one of answers) {
      if (isGranted(one)) continue
      expect(one.reasons).toEqual({ PACING: 4 })
      expect(one.availableAt?.toISOString()).toBe(after(80))
    }
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      available: false,
      unavailableReason: 'PACING',
      sentThisHour: 4,
    })
  })

  it('grants at once a message that needs no wait, and none without a wait before the gap is over', async () => {
    await addInstances(sql, ['a'])
    await gap('a', 20_000)
    expect(await attempt(fleet)).toMatchObject({ notBefore: null })
    clock.set(after(19.999))
    expect(((await attempt(others[0] as Fleet)) as FleetError).reasons).toEqual({ PACING: 1 })
    clock.set(after(20))
    expect(await attempt(others[1] as Fleet)).toMatchObject({ notBefore: null })
    expect(await attempt(others[2] as Fleet, { maxWaitMs: 30_000 })).toMatchObject({ notBefore: after(40) })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ lastSentAt: after(40) })
  })

  it('never charges one hour and sends in the next', async () => {
    await addInstances(sql, ['a'])
    await gap('a', 20_000)
    clock.set('2026-03-10T13:59:30.000Z')
    await attempt(fleet)
    expect(await attempt(fleet, { maxWaitMs: 120_000 })).toMatchObject({
      notBefore: '2026-03-10T13:59:50.000Z',
    })
    const refused = (await attempt(fleet, { maxWaitMs: 120_000 })) as FleetError
    expect(refused.reasons).toEqual({ PACING: 1 })
    expect(refused.availableAt?.toISOString()).toBe('2026-03-10T14:00:10.000Z')
    clock.set('2026-03-10T14:00:10.000Z')
    expect(await attempt(fleet)).toMatchObject({ notBefore: null })
  })

  it('moves no contact; `borrow` takes another number, and prefers one that is free now', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    for (const name of ['a', 'b', 'c']) await gap(name, 20_000)
    await setPreference(fleet, { id: 'ana', instanceName: 'a' })
    await setPreference(fleet, { id: 'bia', instanceName: 'b' })
    await attempt(fleet, { contactId: 'ana' })
    await attempt(fleet, { contactId: 'bia' })
    const refused = (await attempt(others[0] as Fleet, { contactId: 'ana' })) as FleetError
    expect(refused.reasons).toEqual({ PACING: 1 })
    expect(refused.availableAt?.toISOString()).toBe(after(20))
    expect(await explain(fleet, { contactId: 'ana' })).toMatchObject({ chosen: null })
    expect(await chooseInstance(fleet, { contactId: 'ana' })).toEqual({ instanceName: null })
    expect(
      await attempt(others[0] as Fleet, { contactId: 'ana', fallback: 'borrow', maxWaitMs: 60_000 }),
    ).toMatchObject({
      instanceName: 'a',
      notBefore: after(20),
    })
    expect(await attempt(others[1] as Fleet, { contactId: 'ana', fallback: 'borrow' })).toMatchObject({
      instanceName: 'c',
      notBefore: null,
      preference: 'borrowed',
    })
  })

  it('gives the last slot back by a release', async () => {
    await addInstances(sql, ['a'])
    await gap('a', 20_000)
    await attempt(fleet)
    const second = (await attempt(fleet, { maxWaitMs: 60_000 })) as Reservation
    expect(await getReservation(fleet, { id: second.id })).toMatchObject({ notBefore: after(20) })
    expect(await releaseReservation(fleet, { id: second.id })).toMatchObject({ notBefore: after(20) })
    expect(await attempt(others[0] as Fleet, { maxWaitMs: 60_000 })).toMatchObject({ notBefore: after(20) })
  })

  it('keeps the slots that others hold when the last one is released, also behind 2,000 other reservations', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 10_000, day: 10_000 })
    await gap('a', 20_000)
    await setPreference(fleet, { id: 'ana', instanceName: 'a' })
    await setPreference(fleet, { id: 'bia', instanceName: 'b' })
    const ana = { contactId: 'ana', maxWaitMs: 120_000 }
    for (let n = 0; n < 5; n++) await attempt(fleet, ana)
    await Promise.all(Array.from({ length: 2_100 }, () => attempt(fleet, { contactId: 'bia' })))
    const last = (await attempt(fleet, ana)) as Reservation
    expect(last.notBefore).toBe(after(100))
    await releaseReservation(others[0] as Fleet, { id: last.id })
    expect(await attempt(others[1] as Fleet, ana)).toMatchObject({ notBefore: after(100) })
  })

  it('keeps a slot whose reservation has an older id, as after a retry', async () => {
    await addInstances(sql, ['a'], { hour: 1000, day: 1000 })
    await gap('a', 20_000)
    const held: Reservation[] = []
    for (let n = 0; n < 6; n++) held.push((await attempt(fleet, { maxWaitMs: 120_000 })) as Reservation)
    // The oldest id holds the slot of the fifth.
    await sql(
      'update zapfleet.reservations set not_before = case when id = $1 then $3::timestamptz end where id in ($1, $2)',
      [held[0]?.id, held[4]?.id, after(80)],
    )
    await releaseReservation(others[0] as Fleet, { id: String(held[5]?.id) })
    expect(await attempt(others[1] as Fleet, { maxWaitMs: 120_000 })).toMatchObject({ notBefore: after(100) })
  })

  it('returns the same slot for the same idempotency key', async () => {
    await addInstances(sql, ['a'])
    await gap('a', 20_000)
    await attempt(fleet)
    const input = { contactId: 'ana', idempotencyKey: 'k1', maxWaitMs: 60_000 }
    const first = (await attempt(fleet, input)) as Reservation
    expect(await attempt(others[0] as Fleet, input)).toMatchObject({ id: first.id, notBefore: after(20) })
    await expect(reserve(fleet, { ...input, maxWaitMs: 1 })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('keeps two sends of one contact apart in one batch', async () => {
    await addInstances(sql, ['a'])
    await gap('a', 20_000)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => attempt(fleet, { contactId: 'ana', maxWaitMs: 60_000 })),
    )
    expect(answers.filter(isGranted).map(sentAt).sort()).toEqual([after(0), after(20), after(40), after(60)])
  })
})
