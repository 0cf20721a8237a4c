import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  explain,
  getContact,
  getInstance,
  reserve,
  setPreference,
  updateInstance,
} from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, another } = await testFleet()
const other = await another()

const drain = (name: string, draining: boolean) => updateInstance(callOf(fleet), { name, draining })

const PATIENT = { deadlineMs: 60_000 }

beforeEach(async () => {
  await clearFleet(sql)
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('a number that is draining', () => {
  it('gets no new contact from the next claim on, in every process, and keeps those that it serves', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
    for (let n = 0; n < 10; n++) {
      await setPreference(fleet, { id: `own-${n}`, instanceName: 'a' })
      await reserve(other, { contactId: `own-${n}` })
    }
    expect(await drain('a', true)).toMatchObject({ draining: true, available: true, unavailableReason: null })
    const served = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        reserve(n % 2 ? fleet : other, { contactId: `new-${n}` }, PATIENT),
      ),
    )
    expect(new Set(served.map(({ instanceName }) => instanceName))).toEqual(new Set(['b']))
    for (let n = 0; n < 10; n++)
      expect(await reserve(n % 2 ? fleet : other, { contactId: `own-${n}` })).toMatchObject({
        instanceName: 'a',
        preference: 'kept',
      })
    await drain('a', false)
    const again = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        reserve(n % 2 ? fleet : other, { contactId: `later-${n}` }, PATIENT),
      ),
    )
    expect(again.some(({ instanceName }) => instanceName === 'a')).toBe(true)
    expect(await getInstance(other, { name: 'a' })).toMatchObject({ draining: false })
  })

  it('serves a contact of another number that is known to it, and no other', async () => {
    await addInstances(sql, ['a', 'b'])
    await sql(
      "insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ('known', 'a', now())",
    )
    for (const id of ['known', 'unknown']) await setPreference(fleet, { id, instanceName: 'b' })
    await drain('a', true)
    await sql("update whatsapp_instances set status = 'disconnected' where nome = 'b'")
    expect(await reserve(other, { contactId: 'known' })).toMatchObject({
      instanceName: 'a',
      preference: 'moved',
    })
    await expect(reserve(other, { contactId: 'unknown' })).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      availableAt: null,
      reasons: { DRAINING: 1, DISCONNECTED: 1 },
    })
    await expect(reserve(fleet, {})).rejects.toMatchObject({ reasons: { DRAINING: 1, DISCONNECTED: 1 } })
    expect(await getContact(fleet, { id: 'unknown' })).toMatchObject({ preferredInstance: 'b' })
  })

  it('is DRAINING before its limits, and its limits count for contacts that it serves', async () => {
    await addInstances(sql, ['a'], { hour: 1 })
    await reserve(fleet, { contactId: 'own' })
    await drain('a', true)
    await expect(reserve(fleet, { contactId: 'new' })).rejects.toMatchObject({ reasons: { DRAINING: 1 } })
    await expect(reserve(fleet, { contactId: 'own' })).rejects.toMatchObject({ reasons: { HOURLY_LIMIT: 1 } })
    const { candidates } = await explain(fleet, { contactId: 'new' })
    expect(candidates).toMatchObject([{ name: 'a', rank: null, reason: 'DRAINING', availableAt: null }])
  })

  it('keeps a contact that is moved to another number there', async () => {
    await addInstances(sql, ['a', 'b'])
    await setPreference(fleet, { id: 'person', instanceName: 'a' })
    await drain('a', true)
    await setPreference(fleet, { id: 'person', instanceName: 'b' })
    for (const process of [fleet, other])
      expect(await reserve(process, { contactId: 'person' })).toMatchObject({
        instanceName: 'b',
        preference: 'kept',
      })
  })
})
