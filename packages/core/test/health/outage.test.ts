import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  getInstance,
  hintInstance,
  type Log,
  silentLog,
  waitForHints,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, statuses, writesOf } from './rounds.ts'

const { simulator, evolution } = await testEvolution(0.05)
const { control } = simulator
const warnings: string[] = []
const log: Log = { ...silentLog, warn: (_, message) => warnings.push(message) }
const { fleet, sql } = await testFleet({ evolution, log })

const inventoryCalls = (): number => control.calls({ route: '/instance/fetchInstances' }).length
const reasons = async (): Promise<string[]> => [
  ...new Set(Object.values(await statuses(sql)).map((text) => text.split(' ')[1] ?? '')),
]

beforeEach(async () => {
  control.whatsappOutage(false)
  control.inventoryCost(0)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
  warnings.length = 0
})

describe('an outage of WhatsApp with 43 numbers, on an Evolution with large tables', () => {
  const names = Array.from({ length: 43 }, (_, index) => `n${index}`)

  it('reads the inventory a few times for all, and requires no scan of any number', async () => {
    await addInstances(sql, names)
    for (const name of names) control.addInstance({ name })
    await checkAllInstances(callOf(fleet))
    // The grace period for a disconnection of most numbers ended a minute ago.
    await sql(
      `insert into zapfleet.server_rounds (started_at, grace_until) values (now(), now() - interval '1 minute')
       on conflict (server) do update set grace_until = excluded.grace_until`,
    )
    control.inventoryCost(400)
    control.whatsappOutage(true, { slow: true })
    control.resetCalls()
    for (const name of names) hintInstance(callOf(fleet), name, 'webhook')
    await waitForHints(fleet)
    await checkAllInstances(callOf(fleet))
    expect(await reasons()).toEqual(['RECONNECTING'])
    expect(inventoryCalls()).toBeLessThanOrEqual(10)
    expect(warnings.filter((message) => message.includes('was not read'))).toEqual([])
    control.whatsappOutage(false)
    await expect
      .poll(
        async () => {
          await checkAllInstances(callOf(fleet))
          return reasons()
        },
        { timeout: 60_000 },
      )
      .toEqual(['null'])
  })

  it('stores when a number last answered before Evolution fell silent, also where nothing had changed since', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    const before = await writesOf(sql)
    await checkAllInstances(callOf(fleet))
    expect(await writesOf(sql)).toEqual(before)
    const { checkedAt } = await getInstance(fleet, { name: 'a' })
    const fault = control.fault({ kind: 'reset', match: { route: '/instance/connectionState' } })
    const during = []
    for (let round = 1; round <= 2; round++) during.push(await checkInstance(callOf(fleet), { name: 'a' }))
    fault.remove()
    expect(during.map((one) => [one.state, one.checkedAt])).toEqual([
      ['error', checkedAt],
      ['error', checkedAt],
    ])
    await checkInstance(callOf(fleet), { name: 'a' })
    const after = await getInstance(fleet, { name: 'a' })
    expect(Date.parse(after.checkedAt ?? '')).toBeGreaterThan(Date.parse(checkedAt ?? ''))
  })

  it('stores a disconnection whose record cannot be read as a reconnect', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    control.setMemory('a', 'close')
    const fault = control.fault({ kind: 'status', code: 500, match: { route: '/instance/fetchInstances' } })
    await checkAllInstances(callOf(fleet))
    fault.remove()
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      status: 'disconnected',
      statusReason: 'RECONNECTING',
      action: expect.stringMatching(/^Wait/),
    })
  })
})
