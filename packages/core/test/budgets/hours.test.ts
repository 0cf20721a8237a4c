import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  explain,
  type FleetError,
  getInstance,
  recordInbound,
  updateInstance,
} from '../../src/index.ts'
import { type Attempt, attemptReserve } from '../support/attempt.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, clock } = await testFleet()
const other = await another()

const WEEKDAYS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const, from: '08:00', to: '20:00' }]
/** Saturday 20:01 in São Paulo. */
const SATURDAY = '2026-03-14T23:01:00.000Z'
const MONDAY_8 = '2026-03-16T11:00:00.000Z'

const attempt = (input: object = {}): Promise<Attempt> => attemptReserve(other, input)
const open = (name: string) =>
  updateInstance(callOf(fleet), { name, hours: WEEKDAYS.map((one) => ({ ...one, days: [...one.days] })) })

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(SATURDAY)
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('the hours of a number', () => {
  it('refuse until the next opening, and let replies out', async () => {
    await addInstances(sql, ['a'])
    expect(await open('a')).toMatchObject({ available: false, unavailableReason: 'OUTSIDE_HOURS' })
    const refused = (await attempt({ contactId: 'ana' })) as FleetError
    expect(refused.reasons).toEqual({ OUTSIDE_HOURS: 1 })
    expect(refused.availableAt?.toISOString()).toBe(MONDAY_8)
    await recordInbound(fleet, { id: '+5511987654321', instanceName: 'a' })
    for (const strategy of ['sticky', 'round_robin'] as const)
      expect(await attempt({ contactId: '+5511987654321', strategy })).toMatchObject({
        instanceName: 'a',
        kind: 'reply',
      })
    expect(await explain(fleet, { contactId: '+5511987654321' })).toMatchObject({ chosen: 'a' })
    clock.set(MONDAY_8)
    expect(await attempt({ contactId: 'ana' })).toMatchObject({ instanceName: 'a' })
    clock.set('2026-03-16T23:00:00.000Z')
    expect(((await attempt({ contactId: 'ana' })) as FleetError).availableAt?.toISOString()).toBe(
      '2026-03-17T11:00:00.000Z',
    )
    expect(await updateInstance(callOf(fleet), { name: 'a', hours: null })).toMatchObject({
      hours: null,
      available: true,
    })
  })

  it('end with a limit that ends while it is closed', async () => {
    await addInstances(sql, ['a'], { hour: 20, day: 1 })
    await open('a')
    clock.set('2026-03-16T12:00:00.000Z')
    await attempt()
    const refused = (await attempt()) as FleetError
    expect(refused.reasons).toEqual({ DAILY_LIMIT: 1 })
    expect(refused.availableAt?.toISOString()).toBe('2026-03-17T11:00:00.000Z')
  })

  it('hold every slot, except that of a reply', async () => {
    await addInstances(sql, ['a'])
    await open('a')
    await updateInstance(callOf(fleet), { name: 'a', minGapMs: 60_000 })
    clock.set('2026-03-16T22:59:30.000Z')
    await attempt()
    const refused = (await attempt({ maxWaitMs: 120_000 })) as FleetError
    expect(refused.reasons).toEqual({ PACING: 1 })
    expect(refused.availableAt?.toISOString()).toBe('2026-03-17T11:00:00.000Z')
  })

  it('hold from the next claim on in a process that read none, and lead others to numbers that are open', async () => {
    await addInstances(sql, ['a', 'b'])
    await other.engine.snapshot.refresh()
    await open('a')
    for (let n = 0; n < 10; n++)
      expect(await attempt({ contactId: `p${n}` })).toMatchObject({ instanceName: 'b' })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ sentToday: 0 })
  })
})
