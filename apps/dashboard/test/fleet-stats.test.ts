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
    const { total, byStatus, hour, day } = totalsOf(instances, Date.now())
    expect({ round, total, byStatus, hour, day }).toEqual({
      round,
      total: stats.total,
      byStatus: stats.byStatus,
      hour: stats.hour,
      day: stats.day,
    })
  }
  // Three messages with a limit of one: nothing is left, and 100 % is used.
  expect(await fleet.admin.fleet.stats.query({})).toMatchObject({
    day: { capacity: 2, sent: 5, remaining: 0, usedPercent: 100 },
    usedPercent: 100,
  })
})
