import { createHash } from 'node:crypto'
import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  blockContact,
  clearPreference,
  confirmReservation,
  explain,
  getContact,
  getReservation,
  reserve,
  setPreference,
} from '../../src/index.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, url } = await testFleet()
const other = await another()

const LONG = '5547988887777'
const SHORT = '554788887777'
const FORMS = [
  LONG,
  SHORT,
  '+55 (47) 98888-7777',
  '(47) 8888-7777',
  `${SHORT}@s.whatsapp.net`,
  `${LONG}:12@s.whatsapp.net`,
]
/** Ids that stay themselves. */
const OTHERS = [
  '554733334444',
  '5491123456789',
  '5215512345678',
  '47988887777',
  'abc-1',
  '120363025246125486@g.us',
]
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`)
const stored = async (): Promise<string[]> =>
  (await sql('select id from zapfleet.contacts order by id')).map(({ id }) => String(id))

beforeEach(async () => {
  await clearFleet(sql)
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('one contact under all its ids', () => {
  it('has one number, one row and one conversation, in every process', async () => {
    await addInstances(sql, numbers(9))
    const first = await reserve(fleet, { contactId: LONG })
    for (const contactId of FORMS)
      for (const process of [fleet, other])
        expect(await reserve(process, { contactId })).toMatchObject({
          contactId,
          instanceName: first.instanceName,
          preference: 'kept',
        })
    expect(await stored()).toEqual([LONG])
    for (const id of FORMS)
      expect(await getContact(other, { id })).toMatchObject({ id, preferredInstance: first.instanceName })
  })

  it('keeps the id as each caller wrote it', async () => {
    await addInstances(sql, ['a'])
    for (const contactId of FORMS) {
      const { id } = await reserve(fleet, { contactId })
      expect(await getReservation(other, { id })).toMatchObject({ contactId })
      expect(await confirmReservation(other, { id })).toMatchObject({ contactId })
    }
    const rows = await sql('select distinct contact_id from zapfleet.reservations')
    expect(rows).toEqual([{ contact_id: LONG }])
  })

  it('joins no other ids', async () => {
    await addInstances(sql, numbers(9), { hour: 1 })
    const ids = [LONG, ...OTHERS]
    for (const contactId of ids) await reserve(fleet, { contactId })
    expect(await stored()).toEqual([...ids].sort())
  })

  it('begins with the character of a form that is a contact of its own, and is no such form', async () => {
    await addInstances(sql, numbers(3))
    await blockContact(fleet, { id: '=abc-1' })
    expect(await reserve(fleet, { contactId: 'abc-1' })).toMatchObject({ contactId: 'abc-1' })
    await setPreference(fleet, { id: 'abc-1', instanceName: 'n1' })
    expect(await getContact(fleet, { id: '=abc-1' })).toMatchObject({
      preferredInstance: null,
      blocked: true,
    })
    // As a spreadsheet writes a number.
    await setPreference(fleet, { id: LONG, instanceName: 'n2' })
    expect(await reserve(other, { contactId: `=${SHORT}` })).toMatchObject({
      contactId: `=${SHORT}`,
      instanceName: 'n2',
    })
    expect(await stored()).toEqual([LONG, '=abc-1', 'abc-1'].sort())
  })

  it('is one contact to an idempotency key', async () => {
    await addInstances(sql, numbers(3))
    const { id } = await reserve(fleet, { contactId: SHORT, idempotencyKey: 'k' })
    for (const contactId of FORMS)
      expect(await reserve(other, { contactId, idempotencyKey: 'k' })).toMatchObject({ id, contactId })
    await expect(reserve(other, { contactId: '5547988887778', idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })

  it('repeats a reserve that was stored before forms were joined', async () => {
    await addInstances(sql, numbers(3))
    const { id } = await reserve(fleet, { contactId: 'before', idempotencyKey: 'k' })
    // As a version without forms stored it: the id as it was written, and its hash.
    const hash = createHash('sha256')
      .update(JSON.stringify([SHORT, 'sticky', 'move', []]))
      .digest('base64url')
    await sql('update zapfleet.reservations set contact_id = $1', [SHORT])
    expect(
      await sql(
        'update zapfleet.idempotency_keys set input_hash = zapfleet.stored_input_hash($1) returning 1',
        [hash],
      ),
    ).toHaveLength(1)
    expect(await reserve(other, { contactId: SHORT, idempotencyKey: 'k' })).toMatchObject({ id })
  })

  it('gets one number when two processes serve its first messages in both forms at once', async () => {
    await addInstances(sql, numbers(9), { hour: 1000, day: 1000 })
    for (let round = 0; round < 20; round++) {
      const tail = String(70_000_000 + round)
      const [long, short] = [`55479${tail}`, `5547${tail}`]
      const served = await Promise.all(
        [long, short, short, long].map((contactId, index) =>
          reserve(index % 2 === 0 ? fleet : other, { contactId }, { deadlineMs: 60_000 }),
        ),
      )
      expect(new Set(served.map(({ instanceName }) => instanceName)).size).toBe(1)
    }
  })

  it('shares what an operator sets', async () => {
    await addInstances(sql, numbers(3))
    await reserve(other, { contactId: LONG })
    await setPreference(fleet, { id: SHORT, instanceName: 'n2' })
    expect(await reserve(other, { contactId: LONG })).toMatchObject({
      instanceName: 'n2',
      preference: 'kept',
    })
    expect(await explain(other, { contactId: `${SHORT}@s.whatsapp.net` })).toMatchObject({
      chosen: 'n2',
    })
    await clearPreference(fleet, { id: FORMS[2] ?? '' })
    expect(await getContact(other, { id: SHORT })).toMatchObject({ preferredInstance: null })
  })
})

describe('a contact in clientes, which has text ids here', () => {
  it('is found under either form, and written in all of its rows', async () => {
    await addInstances(sql, numbers(3))
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1')`, [SHORT])
    for (const process of [fleet, other])
      expect(await reserve(process, { contactId: LONG })).toMatchObject({
        instanceName: 'n1',
        preference: 'kept',
      })
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1')`, [LONG])
    await sql(`update whatsapp_instances set status = 'banned' where nome = 'n1'`)
    const { instanceName } = await reserve(other, { contactId: LONG })
    expect(instanceName).not.toBe('n1')
    expect(await sql('select instancia_preferida p from clientes')).toEqual([
      { p: instanceName },
      { p: instanceName },
    ])
    await setPreference(fleet, { id: `+${SHORT}`, instanceName: 'n0' })
    expect(await sql('select instancia_preferida p from clientes')).toEqual([{ p: 'n0' }, { p: 'n0' }])
    expect(await stored()).toEqual([])
  })

  it('waits for no other contact while a program holds one of its rows', async () => {
    await addInstances(sql, numbers(3))
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1'), ($2, 'n1')`, [SHORT, LONG])
    await sql(`update whatsapp_instances set status = 'banned' where nome = 'n1'`)
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query('begin')
    await holder.query('select from clientes where id = $1 for update', [SHORT])
    let isServed = false
    const waiting = reserve(fleet, { contactId: LONG }, { deadlineMs: 60_000 }).finally(() => {
      isServed = true
    })
    await reserve(fleet, { contactId: 'someone-else' })
    expect(isServed).toBe(false)
    await holder.query('rollback')
    await holder.end()
    const { instanceName } = await waiting
    expect(await sql('select instancia_preferida p from clientes')).toEqual([
      { p: instanceName },
      { p: instanceName },
    ])
  })
})
