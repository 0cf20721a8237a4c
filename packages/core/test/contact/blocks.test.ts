import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  blockContact,
  chooseInstance,
  explain,
  type Fleet,
  getContact,
  linkContact,
  reserve,
  setPreference,
  unblockContact,
} from '../../src/index.ts'
import { stoppedClock } from '../exactness/clock.ts'
import { hireWorker } from '../exactness/crew.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, url } = await testFleet()
const other = await another()
const crew = await Promise.all(
  [0, 1].map((index) => hireWorker(index, url, stoppedClock('2026-03-10T13:20:00Z'))),
)
afterAll(() => Promise.all(crew.map((worker) => worker.kill())))

const LONG = '5547988887777'
const SHORT = '554788887777'
const blocked = { code: 'CONTACT_BLOCKED' }
const nothing = { preferredInstance: null, aliases: [], lastInbound: null, blocked: false }

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.blocks')
  await addInstances(sql, ['a', 'b', 'c'], { hour: 100_000, day: 100_000 })
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('a blocked contact', () => {
  it('is refused under each spelling in every process, cached or not, and keeps its number', async () => {
    const { instanceName } = await reserve(fleet, { contactId: LONG })
    await reserve(other, { contactId: SHORT })
    expect(await blockContact(fleet, { id: `${SHORT}@s.whatsapp.net`, reason: 'STOP' })).toEqual({
      ...nothing,
      id: `${SHORT}@s.whatsapp.net`,
      preferredInstance: instanceName,
      blocked: true,
    })
    for (const process of [fleet, other])
      for (const contactId of [LONG, SHORT, '+55 (47) 98888-7777'])
        for (const strategy of ['sticky', 'round_robin'] as const)
          await expect(reserve(process, { contactId, strategy })).rejects.toMatchObject(blocked)
    expect(await sql('select count(*)::int n from zapfleet.reservations')).toEqual([{ n: 2 }])
    await expect(chooseInstance(other, { contactId: SHORT })).rejects.toMatchObject(blocked)
    await expect(explain(other, { contactId: SHORT })).rejects.toMatchObject(blocked)

    expect(await unblockContact(other, { id: SHORT })).toMatchObject({
      preferredInstance: instanceName,
      blocked: false,
    })
    expect(await reserve(fleet, { contactId: LONG })).toMatchObject({ instanceName, preference: 'kept' })
    expect(await sql('select * from zapfleet.blocks')).toEqual([])
  })

  it('may be one without any row', async () => {
    expect(await blockContact(fleet, { id: 'abc-1' })).toEqual({ ...nothing, id: 'abc-1', blocked: true })
    await expect(reserve(other, { contactId: 'abc-1' })).rejects.toMatchObject(blocked)
    expect(await reserve(other, { contactId: 'abc-2' })).toMatchObject({ contactId: 'abc-2' })
  })

  it('may be a client of the bot, whose row has its number', async () => {
    await sql(`insert into clientes values ('abc-1', 'b')`)
    await reserve(other, { contactId: 'abc-1' })
    expect(await blockContact(fleet, { id: 'abc-1' })).toMatchObject({
      preferredInstance: 'b',
      blocked: true,
    })
    await expect(reserve(other, { contactId: 'abc-1' })).rejects.toMatchObject(blocked)
  })

  it('stays blocked when it is blocked again, with the new reason, and when an operator gives it a number', async () => {
    await blockContact(fleet, { id: 'abc-1', reason: 'first' })
    const [before] = await sql('select blocked_at from zapfleet.contacts')
    await blockContact(other, { id: 'abc-1' })
    await blockContact(other, { id: 'abc-1', reason: 'second' })
    expect(await sql('select blocked_at, blocked_reason r from zapfleet.contacts')).toEqual([
      { ...before, r: 'second' },
    ])
    expect(await setPreference(fleet, { id: 'abc-1', instanceName: 'c' })).toMatchObject({ blocked: true })
    await expect(reserve(other, { contactId: 'abc-1' })).rejects.toMatchObject(blocked)
    await unblockContact(fleet, { id: 'abc-1' })
    expect(await unblockContact(fleet, { id: 'abc-1' })).toMatchObject({
      preferredInstance: 'c',
      blocked: false,
    })
  })

  it('is refused by the hash alone, and still when it is given a number', async () => {
    await reserve(other, { contactId: LONG })
    await blockContact(fleet, { id: SHORT })
    await sql('delete from zapfleet.contacts')
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject(blocked)
    expect(await getContact(fleet, { id: SHORT })).toMatchObject({ blocked: true })
    await setPreference(fleet, { id: LONG, instanceName: 'b' })
    for (const process of [fleet, other])
      await expect(reserve(process, { contactId: LONG })).rejects.toMatchObject(blocked)
    await sql('delete from zapfleet.contacts')
    await unblockContact(fleet, { id: LONG })
    expect(await reserve(other, { contactId: SHORT })).toMatchObject({ contactId: SHORT })
  })

  it('is the contact of an id that an operator links while it is blocked', async () => {
    let isLinked = false
    const run: Fleet['sql']['run'] = async (statement, values) => {
      if (statement.name.includes('block_contact') && !isLinked) {
        isLinked = true
        await linkContact(other, { id: LONG, alias: 'crm-1042' })
      }
      return fleet.sql.run(statement, values)
    }
    await blockContact({ ...fleet, sql: { ...fleet.sql, run } }, { id: 'crm-1042' })
    for (const contactId of ['crm-1042', SHORT])
      await expect(reserve(other, { contactId })).rejects.toMatchObject(blocked)
    expect(await getContact(other, { id: LONG })).toMatchObject({ blocked: true, aliases: ['crm-1042'] })
  })

  it('still gets the reservation of an idempotency key of before', async () => {
    const input = { contactId: LONG, idempotencyKey: 'k' }
    const { id } = await reserve(fleet, input)
    await blockContact(fleet, { id: LONG })
    for (const process of [fleet, other]) expect(await reserve(process, input)).toMatchObject({ id })
    await expect(reserve(other, { ...input, idempotencyKey: 'k2' })).rejects.toMatchObject(blocked)
  })

  it('gets no reservation that begins after the answer, in two processes that reserve all the time', async () => {
    for (let round = 0; round < 10; round++) {
      const contactId = `55479${String(70_000_000 + round)}`
      // Half of the contacts are cached in both processes.
      if (round % 2 === 0) for (const worker of crew) await worker.reserve([{ contactId }])
      const waves = crew.map(async (worker) => {
        const events = []
        for (let wave = 0; wave < 8; wave++)
          events.push(...(await worker.reserve(Array.from({ length: 5 }, () => ({ contactId })))))
        return events
      })
      await blockContact(fleet, { id: contactId })
      const answeredAtMs = Date.now()
      for (const { fromMs, ended } of (await Promise.all(waves)).flat())
        if (fromMs > answeredAtMs) expect(ended).toMatchObject({ ok: false, ...blocked })
      for (const worker of crew)
        expect((await worker.reserve([{ contactId }]))[0]?.ended).toMatchObject({ ok: false, ...blocked })
    }
  })
})
