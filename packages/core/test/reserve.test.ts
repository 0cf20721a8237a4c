import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  clearPreference,
  FleetError,
  getContact,
  releaseReservation,
  reserve,
  updateInstance,
} from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, clock, url } = await testFleet()

/** For many reserves at once on a busy machine. */
const PATIENT = { deadlineMs: 60_000 }

const refusal = async (call: Promise<unknown>): Promise<FleetError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof FleetError)) throw new Error(`expected a FleetError, got ${String(error)}`)
  return error
}

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
})

describe('a sticky contact', () => {
  it('gets the same number each time, and every send is counted', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    const first = await reserve(fleet, { contactId: 'maria' })
    expect(first.preference).toBe('assigned')
    for (let n = 0; n < 4; n++) {
      const next = await reserve(fleet, { contactId: 'maria' })
      expect(next).toMatchObject({ instanceName: first.instanceName, preference: 'kept', state: 'reserved' })
      expect(next.remaining).toEqual({ hour: 18 - n, day: 98 - n, newContacts: null })
    }
    expect(
      await sql(
        'select nome, msgs_enviadas_hora h, msgs_enviadas_dia d from whatsapp_instances where msgs_enviadas_dia > 0',
      ),
    ).toEqual([{ nome: first.instanceName, h: 5, d: 5 }])
    expect(await getContact(fleet, { id: 'maria' })).toMatchObject({
      id: 'maria',
      preferredInstance: first.instanceName,
    })
  })

  it('moves to another number when its own is disconnected, and stays there', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserve(fleet, { contactId: 'joao' })
    await sql(`update whatsapp_instances set status = 'banned' where nome = $1`, [first.instanceName])
    const moved = await reserve(fleet, { contactId: 'joao' })
    expect(moved.preference).toBe('moved')
    expect(moved.instanceName).not.toBe(first.instanceName)
    await sql(`update whatsapp_instances set status = 'connected'`)
    expect(await reserve(fleet, { contactId: 'joao' })).toMatchObject({
      instanceName: moved.instanceName,
      preference: 'kept',
    })
  })

  it('borrows another number once and returns', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserve(fleet, { contactId: 'ana' })
    await updateInstance(callOf(fleet), { name: first.instanceName, paused: true })
    const borrowed = await reserve(fleet, { contactId: 'ana', fallback: 'borrow' })
    expect(borrowed.preference).toBe('borrowed')
    await updateInstance(callOf(fleet), { name: first.instanceName, paused: false })
    expect(await reserve(fleet, { contactId: 'ana', fallback: 'borrow' })).toMatchObject({
      instanceName: first.instanceName,
      preference: 'kept',
    })
  })

  it('waits for its own number with fallback refuse, with the moment at which that number is free again', async () => {
    clock.set('2026-03-10T13:20:00Z')
    await addInstances(sql, ['a', 'b'], { hour: 1 })
    const first = await reserve(fleet, { contactId: 'rui', fallback: 'refuse' })
    const error = await refusal(reserve(fleet, { contactId: 'rui', fallback: 'refuse' }))
    expect(error.code).toBe('NO_CAPACITY')
    expect(error.reasons).toEqual({ HOURLY_LIMIT: 1 })
    expect(error.availableAt?.toISOString()).toBe('2026-03-10T14:00:00.000Z')
    clock.set('2026-03-10T14:00:00Z')
    expect((await reserve(fleet, { contactId: 'rui', fallback: 'refuse' })).instanceName).toBe(
      first.instanceName,
    )
  })

  it('is not moved while its own number has room that another process just gave back', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1 })
    const first = await reserve(fleet, { contactId: 'eva' })
    await sql('update whatsapp_instances set msgs_enviadas_hora = 0 where nome = $1', [first.instanceName])
    expect(await reserve(fleet, { contactId: 'eva' })).toMatchObject({
      instanceName: first.instanceName,
      preference: 'kept',
    })
  })

  it('gets a new number when its own no longer exists, whatever the fallback', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserve(fleet, { contactId: 'leo' })
    await sql('update whatsapp_instances set removida_em = now() where nome = $1', [first.instanceName])
    expect((await reserve(fleet, { contactId: 'leo', fallback: 'refuse' })).preference).toBe('moved')
  })

  it('gets one number, though its first messages arrive at once', async () => {
    await addInstances(sql, ['a', 'b', 'c', 'd'])
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => reserve(fleet, { contactId: 'bia' }, PATIENT)),
    )
    expect(new Set(answers.map((answer) => answer.instanceName)).size).toBe(1)
    expect(answers.filter((answer) => answer.preference === 'assigned')).toHaveLength(1)
  })

  it('loses its number when it is cleared', async () => {
    await addInstances(sql, ['a'])
    await reserve(fleet, { contactId: 'teo' })
    await clearPreference(fleet, { id: 'teo' })
    expect((await reserve(fleet, { contactId: 'teo' })).preference).toBe('assigned')
  })
})

describe('contacts of the bot', () => {
  it('keep their number in clientes, which gains no row', async () => {
    await addInstances(sql, ['a'])
    await sql(`insert into clientes (id) values ('known')`)
    await reserve(fleet, { contactId: 'known' })
    await reserve(fleet, { contactId: 'stranger' })
    expect(await sql('select id, instancia_preferida p from clientes')).toEqual([{ id: 'known', p: 'a' }])
    expect(await sql('select id, preferred_instance p from zapfleet.contacts')).toEqual([
      { id: 'stranger', p: 'a' },
    ])
  })

  it('keep the number of their first message when the bot adds them to clientes afterwards', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    const first = await reserve(fleet, { contactId: 'late' })
    await sql(`insert into clientes (id) values ('late')`)
    expect(await reserve(fleet, { contactId: 'late' })).toMatchObject({
      instanceName: first.instanceName,
      preference: 'kept',
    })
  })

  it('block no other contact while another program holds their row in a transaction', async () => {
    await addInstances(sql, ['a'])
    await sql(`insert into clientes (id) values ('held')`)
    const bot = new pg.Client({ connectionString: url })
    await bot.connect()
    await bot.query('begin')
    await bot.query(`update clientes set id = id where id = 'held'`)
    const held = reserve(fleet, { contactId: 'held' })
    const impatient = refusal(reserve(fleet, { contactId: 'held' }, { deadlineMs: 150 }))
    expect((await reserve(fleet, { contactId: 'other' })).preference).toBe('assigned')
    expect((await impatient).code).toBe('OVERLOADED')
    await bot.query('commit')
    await bot.end()
    expect(await held).toMatchObject({ instanceName: 'a', preference: 'assigned' })
    // The impatient reserve may be in the claim that was granted: its seat is given back after that.
    await expect
      .poll(() => sql('select msgs_enviadas_dia n from whatsapp_instances'), { timeout: 60_000 })
      .toEqual([{ n: 2 }])
  })

  it('are read again when another program changes their number', async () => {
    await addInstances(sql, ['a', 'b'])
    await sql(`insert into clientes (id) values ('x')`)
    const first = await reserve(fleet, { contactId: 'x' })
    const other = first.instanceName === 'a' ? 'b' : 'a'
    await sql(`update clientes set instancia_preferida = $1 where id = 'x'`, [other])
    expect(await reserve(fleet, { contactId: 'x' })).toMatchObject({
      instanceName: other,
      preference: 'kept',
    })
  })
})

describe('strategies', () => {
  it('round_robin gives each of three numbers the same count', async () => {
    await addInstances(sql, ['a', 'b', 'c', 'down'])
    await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'down'`)
    for (let n = 0; n < 4; n++) await reserve(fleet, { strategy: 'round_robin' })
    await Promise.all(Array.from({ length: 20 }, () => reserve(fleet, { strategy: 'round_robin' }, PATIENT)))
    expect(await sql('select nome, msgs_enviadas_dia n from whatsapp_instances order by 1')).toEqual([
      { nome: 'a', n: 8 },
      { nome: 'b', n: 8 },
      { nome: 'c', n: 8 },
      { nome: 'down', n: 0 },
    ])
  })

  it('least_loaded evens out what was uneven', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    await sql(`update whatsapp_instances set msgs_enviadas_dia = 10, janela_dia = now() where nome = 'a'`)
    await Promise.all(Array.from({ length: 20 }, () => reserve(fleet, { strategy: 'least_loaded' }, PATIENT)))
    expect(await sql('select nome, msgs_enviadas_dia n from whatsapp_instances order by 1')).toEqual([
      { nome: 'a', n: 10 },
      { nome: 'b', n: 10 },
      { nome: 'c', n: 10 },
    ])
  })

  it('store the number that served as the preference, whatever the strategy', async () => {
    await addInstances(sql, ['a', 'b'])
    const one = await reserve(fleet, { contactId: 'z', strategy: 'round_robin' })
    const two = await reserve(fleet, { contactId: 'z', strategy: 'round_robin' })
    expect([one.preference, two.preference]).toEqual(['assigned', 'moved'])
    expect((await reserve(fleet, { contactId: 'z' })).instanceName).toBe(two.instanceName)
  })

  it('leave out the excluded', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    expect((await reserve(fleet, { exclude: ['a', 'b'] })).instanceName).toBe('c')
    const error = await refusal(reserve(fleet, { exclude: ['a', 'b', 'c'] }))
    expect([error.code, error.reasons, error.availableAt]).toEqual(['NO_CAPACITY', { EXCLUDED: 3 }, null])
  })
})

describe('an idempotency key', () => {
  it('returns the same reservation for the same input, counted once', async () => {
    await addInstances(sql, ['a', 'b'])
    const first = await reserve(fleet, { contactId: 'k', idempotencyKey: 'key-1' })
    const again = await reserve(fleet, {
      contactId: 'k',
      idempotencyKey: 'key-1',
      strategy: 'sticky',
      fallback: 'move',
    })
    expect(again.id).toBe(first.id)
    const many = await Promise.all(
      Array.from({ length: 10 }, () => reserve(fleet, { idempotencyKey: 'key-2' }, PATIENT)),
    )
    expect(new Set(many.map((one) => one.id)).size).toBe(1)
    expect(await sql('select sum(msgs_enviadas_dia)::int n from whatsapp_instances')).toEqual([{ n: 2 }])
  })

  it('conflicts with other input, and fails no other call of the batch', async () => {
    await addInstances(sql, ['a', 'b'])
    await reserve(fleet, { contactId: 'k', idempotencyKey: 'key' })
    const [conflict, ...others] = await Promise.allSettled([
      reserve(fleet, { contactId: 'other', idempotencyKey: 'key' }, PATIENT),
      reserve(fleet, { contactId: 'p' }, PATIENT),
      reserve(fleet, {}),
    ])
    expect(conflict).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT' } })
    expect(others.map((one) => one.status)).toEqual(['fulfilled', 'fulfilled'])
    expect((await getContact(fleet, { id: 'other' })).preferredInstance).toBeNull()
  })

  it('returns that the reservation was released, is answered when the fleet is full, and is free after 24 hours', async () => {
    clock.set('2026-03-10T13:20:00Z')
    await addInstances(sql, ['a'], { hour: 2 })
    const first = await reserve(fleet, { idempotencyKey: 'day' })
    await reserve(fleet, {})
    expect((await reserve(fleet, { idempotencyKey: 'day' })).id).toBe(first.id)
    await releaseReservation(fleet, { id: first.id })
    expect(await reserve(fleet, { idempotencyKey: 'day' })).toMatchObject({ id: first.id, state: 'released' })
    clock.set('2026-03-11T13:20:00Z')
    const next = await reserve(fleet, { idempotencyKey: 'day' })
    expect(next).toMatchObject({ state: 'reserved' })
    expect(next.id).not.toBe(first.id)
  })
})

describe('a full fleet', () => {
  it('returns the reason of each instance and when a retry succeeds', async () => {
    clock.set('2026-03-10T13:20:00Z')
    await addInstances(sql, ['hour'], { hour: 1 })
    await addInstances(sql, ['day'], { day: 1 })
    await addInstances(sql, ['paused'], { paused: true })
    await addInstances(sql, ['banned'], { status: 'banned' })
    await addInstances(sql, ['foreign'], { status: 'whatever' })
    await addInstances(sql, ['zero'], { hour: 0 })
    await reserve(fleet, {})
    await reserve(fleet, {})
    const error = await refusal(reserve(fleet, {}))
    expect(error.reasons).toEqual({ HOURLY_LIMIT: 2, DAILY_LIMIT: 1, PAUSED: 1, BANNED: 1, UNKNOWN: 1 })
    expect(error.availableAt?.toISOString()).toBe('2026-03-10T14:00:00.000Z')
    clock.set('2026-03-10T13:59:59.999Z')
    expect((await refusal(reserve(fleet, {}))).code).toBe('NO_CAPACITY')
    clock.set('2026-03-10T14:00:00Z')
    expect((await reserve(fleet, {})).instanceName).toBe('hour')
  })

  it('returns no moment when waiting does not help', async () => {
    await addInstances(sql, ['down'], { status: 'disconnected' })
    const error = await refusal(reserve(fleet, {}))
    expect([error.reasons, error.availableAt]).toEqual([{ DISCONNECTED: 1 }, null])
  })

  it('does not refuse a seat that another process gave back a moment ago', async () => {
    await addInstances(sql, ['a'], { hour: 1 })
    const taken = await reserve(fleet, {})
    expect((await refusal(reserve(fleet, {}))).code).toBe('NO_CAPACITY')
    await releaseReservation(fleet, { id: taken.id })
    expect((await reserve(fleet, {})).instanceName).toBe('a')
  })
})
