import { beforeEach, describe, expect, it } from 'vitest'
import { chooseInstance, explain, reserve, setPreference } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql } = await testFleet()
const GROUP = '120363025246125486@g.us'

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['free'])
  await addInstances(sql, ['member'], { hour: 0 })
  await fleet.engine.snapshot.refresh()
})

describe('a group', () => {
  it('gets a number at its first message', async () => {
    expect(await reserve(fleet, { contactId: GROUP })).toMatchObject({
      instanceName: 'free',
      preference: 'assigned',
    })
  })

  it('waits for its number, in reserve, explain and choose alike', async () => {
    await setPreference(fleet, { id: GROUP, instanceName: 'member' })
    await expect(reserve(fleet, { contactId: GROUP })).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      reasons: { HOURLY_LIMIT: 1 },
    })
    expect((await explain(fleet, { contactId: GROUP })).chosen).toBe(null)
    expect(await chooseInstance(fleet, { contactId: GROUP })).toEqual({ instanceName: null })
  })

  it('moves where the caller requests it, and by a strategy that follows no preference', async () => {
    await setPreference(fleet, { id: GROUP, instanceName: 'member' })
    const strategy = 'least_loaded'
    expect((await explain(fleet, { contactId: GROUP, strategy })).chosen).toBe('free')
    expect(await reserve(fleet, { contactId: GROUP, fallback: 'borrow' })).toMatchObject({
      instanceName: 'free',
      preference: 'borrowed',
    })
    expect(await reserve(fleet, { contactId: GROUP, fallback: 'move' })).toMatchObject({
      preference: 'moved',
    })
  })

  it('moves once its number is deleted', async () => {
    await setPreference(fleet, { id: GROUP, instanceName: 'member' })
    await sql(`update whatsapp_instances set removida_em = now() where nome = 'member'`)
    await fleet.engine.snapshot.refresh()
    expect((await explain(fleet, { contactId: GROUP })).chosen).toBe('free')
    expect(await reserve(fleet, { contactId: GROUP })).toMatchObject({ instanceName: 'free' })
  })

  it('is unlike a person, who moves', async () => {
    await setPreference(fleet, { id: 'maria', instanceName: 'member' })
    expect(await reserve(fleet, { contactId: 'maria' })).toMatchObject({ preference: 'moved' })
  })
})
