import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  createInstance,
  deleteInstance,
  explain,
  getInstance,
  instanceHistory,
  logoutInstance,
  recordSend,
  reserve,
  updateInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds } from './rounds.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const { fleet, sql, another } = await testFleet({ evolution })

const PHONE = '5531987654321'

/** An instance that is connected, with its phone in one of the forms that WhatsApp writes. */
async function pair(name: string, phone = PHONE): Promise<void> {
  await addInstances(sql, [name], { status: 'disconnected' })
  control.addInstance({ name, number: phone })
  await checkInstance(callOf(fleet), { name })
}

const reasonOf = async (name: string) => (await getInstance(fleet, { name })).unavailableReason
const servers = async (calls = 6): Promise<string[]> => {
  const names = await Promise.all(
    Array.from({ length: calls }, () => reserve(fleet, { strategy: 'round_robin' }, { deadlineMs: 60_000 })),
  )
  return [...new Set(names.map(({ instanceName }) => instanceName))].sort()
}

beforeEach(async () => {
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
})

describe('one phone that is paired with two instances', () => {
  it('is served by the instance that was connected first, in every process', async () => {
    await pair('b-first')
    await pair('a-second', '553187654321')
    expect(await reasonOf('b-first')).toBe(null)
    expect(await getInstance(fleet, { name: 'a-second' })).toMatchObject({
      status: 'connected',
      available: false,
      unavailableReason: 'DUPLICATE_PHONE',
      duplicateOf: 'b-first',
      action: expect.stringContaining('"b-first"'),
    })
    expect(await servers()).toEqual(['b-first'])
    const other = await another()
    const refused = reserve(other, { exclude: ['b-first'] })
    await expect(refused).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      reasons: { EXCLUDED: 1, DUPLICATE_PHONE: 1 },
      availableAt: null,
    })
    const { candidates } = await explain(fleet, {})
    expect(candidates.find(({ name }) => name === 'a-second')).toMatchObject({
      reason: 'DUPLICATE_PHONE',
      availableAt: null,
    })
  })

  it('counts each message on the instance that sent it, and keeps the counters of each when the phone passes to the other', async () => {
    await pair('first')
    await pair('second')
    await reserve(fleet, {})
    await recordSend(fleet, { name: 'second' })
    await recordSend(fleet, { name: 'second' })
    const sentToday = async () => [
      (await getInstance(fleet, { name: 'first' })).sentToday,
      (await getInstance(fleet, { name: 'second' })).sentToday,
    ]
    expect(await sentToday()).toEqual([1, 2])
    await deleteInstance(callOf(fleet), { name: 'first' })
    expect(await reserve(fleet, {})).toMatchObject({ instanceName: 'second', remaining: { day: 97 } })
  })

  it('adds one event to the history of the later one', async () => {
    await pair('first')
    await pair('second')
    await checkAllInstances(callOf(fleet))
    await checkAllInstances(callOf(fleet))
    const told = (await instanceHistory(fleet, { name: 'second' })).filter(
      ({ reason }) => reason === 'DUPLICATE_PHONE',
    )
    expect(told).toHaveLength(1)
    expect(told[0]?.evidence).toMatchObject({ other: 'first' })
  })

  it.each([
    ['is banned', async () => void control.ban('first')],
    ['is logged out by its phone', async () => void control.logoutFromPhone('first')],
    ['is logged out here', async () => void (await logoutInstance(callOf(fleet), { name: 'first' }))],
    ['is deleted', async () => void (await deleteInstance(callOf(fleet), { name: 'first' }))],
  ])('is served by the later one once the first %s', async (_, end) => {
    await pair('first')
    await pair('second')
    await end()
    await checkAllInstances(callOf(fleet))
    expect(await reasonOf('second')).toBe(null)
    expect(await servers()).toEqual(['second'])
  })

  it('stays with the first while its connection reconnects', async () => {
    await pair('first')
    await pair('second')
    control.drop('first')
    await checkAllInstances(callOf(fleet))
    expect(['disconnected', 'connecting']).toContain((await getInstance(fleet, { name: 'first' })).status)
    await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'first'`)
    await checkAllInstances(callOf(fleet))
    expect(await reasonOf('second')).toBe('DUPLICATE_PHONE')
    control.recover('first')
    await expect
      .poll(async () => {
        await checkAllInstances(callOf(fleet))
        return [await reasonOf('first'), await reasonOf('second')]
      })
      .toEqual([null, 'DUPLICATE_PHONE'])
  })

  it('stays with the first while that one is paused or full: a second limit must not apply', async () => {
    await pair('first')
    await pair('second')
    await updateInstance(callOf(fleet), { name: 'first', paused: true })
    await expect(reserve(fleet, {})).rejects.toMatchObject({ reasons: { PAUSED: 1, DUPLICATE_PHONE: 1 } })
  })

  it('is found among instances that were connected before their phones were read', async () => {
    for (const name of ['one', 'two']) {
      await addInstances(sql, [name])
      control.addInstance({ name, number: PHONE })
    }
    await (await another()).engine.snapshot.refresh()
    await checkAllInstances(callOf(await another()))
    const reasons = [await reasonOf('one'), await reasonOf('two')]
    expect(reasons.sort()).toEqual(['DUPLICATE_PHONE', null])
  })

  it('ends with one instance that serves when both connect at the same moment, in two processes', async () => {
    await addInstances(sql, ['one', 'two'], { status: 'disconnected' })
    for (const name of ['one', 'two']) control.addInstance({ name, number: PHONE })
    const other = await another()
    await Promise.all([
      checkInstance(callOf(fleet), { name: 'one' }),
      checkInstance(callOf(other), { name: 'two' }),
    ])
    expect([await reasonOf('one'), await reasonOf('two')].sort()).toEqual(['DUPLICATE_PHONE', null])
  })
})

describe('a phone that another instance has', () => {
  it.each(['+5531987654321', '+553187654321'])(
    'is refused by create and update, as %s',
    async (phoneNumber) => {
      await pair('first')
      const conflict = { code: 'CONFLICT', message: expect.stringContaining('"first"') }
      await expect(createInstance(callOf(fleet), { name: 'second', phoneNumber })).rejects.toMatchObject(
        conflict,
      )
      expect(control.instances().map(({ name }) => name)).toEqual(['first'])
      await pair('third', '5531911112222')
      await expect(updateInstance(callOf(fleet), { name: 'third', phoneNumber })).rejects.toMatchObject(
        conflict,
      )
      expect(await getInstance(fleet, { name: 'third' })).toMatchObject({ phoneNumber: null })
      // The phone of an instance is not a duplicate for the instance itself.
      await updateInstance(callOf(fleet), { name: 'first', phoneNumber })
    },
  )

  it('is given to one of two creates at the same moment', async () => {
    const other = await another()
    const phoneNumber = '+5511987650001'
    const ends = await Promise.allSettled([
      createInstance(callOf(fleet), { name: 'one', phoneNumber }),
      createInstance(callOf(other), { name: 'two', phoneNumber }),
    ])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(control.instances()).toHaveLength(1)
  })

  it('is given to one of two updates at the same moment', async () => {
    const other = await another()
    const phoneNumber = '+5511987650002'
    await addInstances(sql, ['one', 'two'], { status: 'disconnected' })
    const ends = await Promise.allSettled([
      updateInstance(callOf(fleet), { name: 'one', phoneNumber }),
      updateInstance(callOf(other), { name: 'two', phoneNumber }),
    ])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})
