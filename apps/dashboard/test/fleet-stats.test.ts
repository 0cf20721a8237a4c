import { afterAll, beforeAll, expect, it } from 'vitest'
import { totalsOf } from '../src/fleet/totals.ts'
import { startFleet, type TestFleet } from './fleet.ts'

const NAMES = ['um', 'dois', 'tres', 'quatro']

let fleet: TestFleet
beforeAll(async () => {
  fleet = await startFleet()
  for (const name of NAMES) fleet.simulator.control.addInstance({ name })
  await fleet.admin.instance.import.mutate({})
  await fleet.admin.health.checkAll.mutate({})
})
afterAll(() => fleet?.close())

it('the page and fleet.stats count in the same way: capacities of 0, limits below the sends, offline numbers', async () => {
  const { instance } = fleet.admin
  const sendsOf = { um: 3, dois: 1, tres: 2, quatro: 0 }
  for (const [name, sends] of Object.entries(sendsOf))
    for (let sent = 0; sent < sends; sent++) await instance.recordSend.mutate({ name })
  const limits = [
    { um: [20, 100], dois: [20, 100], tres: [20, 100], quatro: [20, 100] },
    { um: [2, 100], dois: [20, 0], tres: [0, 1], quatro: [1_000, 1_000] },
    { um: [0, 0], dois: [0, 0], tres: [0, 0], quatro: [0, 0] },
    { um: [1, 1], dois: [1, 1], tres: [1, 1], quatro: [0, 0] },
  ]
  for (const [round, limit] of limits.entries()) {
    for (const [name, [hourlyCapacity, dailyCapacity]] of Object.entries(limit))
      await instance.update.mutate({
        name,
        hourlyCapacity: hourlyCapacity ?? 0,
        dailyCapacity: dailyCapacity ?? 0,
      })
    if (round === 3) {
      fleet.simulator.control.ban('dois')
      await fleet.admin.health.checkAll.mutate({})
    }
    const [stats, instances] = [await fleet.admin.fleet.stats.query({}), await instance.list.query({})]
    const { total, byStatus, hour, day, newContacts } = totalsOf(instances, Date.now())
    expect({ round, total, byStatus, hour, day, newContacts }).toEqual({
      round,
      total: stats.total,
      byStatus: stats.byStatus,
      hour: stats.hour,
      day: stats.day,
      newContacts: stats.newContacts,
    })
  }
  // Three messages with a limit of one: nothing is left, and 100 % is used.
  expect(await fleet.admin.fleet.stats.query({})).toMatchObject({
    day: { capacity: 2, sent: 5, remaining: 0, usedPercent: 100 },
    usedPercent: 100,
  })
})

it('the page and fleet.stats count new contacts in the same way: ramps, no limit, paused, draining and restricted numbers', async () => {
  const { instance, reservation, fleet: figures } = fleet.admin
  const compare = async () => {
    const [stats, instances] = [await figures.stats.query({}), await instance.list.query({})]
    const { day, newContacts } = totalsOf(instances, Date.now())
    expect({ day, newContacts }).toEqual({ day: stats.day, newContacts: stats.newContacts })
    return newContacts
  }
  fleet.simulator.control.addInstance({ name: 'cinco' })
  await instance.import.mutate({})
  await fleet.admin.health.checkAll.mutate({})
  for (const name of ['um', 'tres', 'quatro', 'cinco'])
    await instance.update.mutate({ name, hourlyCapacity: 50, dailyCapacity: 100, newContactsPerDay: 20 })
  await instance.update.mutate({ name: 'cinco', ramp: { from: 5, to: 100, days: 21 } })
  for (const contactId of ['5511987650001', '5511987650002', '5511987650003'])
    await reservation.reserve.mutate({ contactId, exclude: ['um', 'dois', 'tres', 'quatro'] })
  // 20 of each, but 2 of the one whose ramp has 5 messages, of which 3 are gone.
  expect(await compare()).toEqual({ perDay: 80, sentToday: 3, remainingToday: 62, unlimited: 0 })
  await instance.update.mutate({ name: 'um', newContactsPerDay: null })
  expect(await compare()).toEqual({ perDay: 60, sentToday: 3, remainingToday: 42, unlimited: 1 })
  await instance.update.mutate({ name: 'um', paused: true })
  await instance.update.mutate({ name: 'tres', draining: true })
  await instance.setRestriction.mutate({ name: 'quatro', until: null })
  expect(await compare()).toEqual({ perDay: 20, sentToday: 3, remainingToday: 2, unlimited: 0 })
})
