import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  chooseInstance,
  clearPreference,
  explain,
  exportContact,
  type FleetError,
  forgetContact,
  getContact,
  getInstance,
  linkContact,
  recordInbound,
  releaseReservation,
  reserve,
  setPreference,
  updateInstance,
} from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, another, sql, clock } = await testFleet()
const other = await another()

/** For many reserves at once on a busy machine. */
const PATIENT = { deadlineMs: 60_000 }
const MARIA = '5547988887777'

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.pool_contacts')
  await addInstances(sql, ['v1', 'v2', 'c1', 'c2', 'plain'], { hour: 1_000, day: 1_000 })
  await tag('vendas', ['v1', 'v2'])
  await tag('cobranca', ['c1', 'c2'])
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

const tag = (pool: string, names: string[]) =>
  sql('update whatsapp_instances set etiquetas = etiquetas || $1::text where nome = any($2)', [pool, names])
const down = (name: string) =>
  sql(`update whatsapp_instances set status = 'disconnected' where nome = $1`, [name])
const refusal = (call: Promise<unknown>): Promise<FleetError> =>
  call.then(
    () => Promise.reject(new Error('expected a refusal')),
    (error: FleetError) => error,
  )
const stored = async (id = MARIA) =>
  Object.fromEntries(
    (
      await sql('select pool, preferred_instance number from zapfleet.pool_contacts where contact_id = $1', [
        id,
      ])
    ).map(({ pool, number }) => [pool, number]),
  )

describe('a reserve with a pool', () => {
  it.each(['sticky', 'round_robin', 'least_loaded'] as const)(
    'is served by numbers with that tag alone, and counted (%s)',
    async (strategy) => {
      const seats = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          reserve(fleet, { pool: 'vendas', contactId: `p${n}`, strategy }, PATIENT),
        ),
      )
      expect(new Set(seats.map(({ instanceName }) => instanceName))).toEqual(new Set(['v1', 'v2']))
      expect(new Set(seats.map(({ pool }) => pool))).toEqual(new Set(['vendas']))
      expect(
        await sql(
          'select nome, msgs_enviadas_dia n from whatsapp_instances where msgs_enviadas_dia > 0 order by 1',
        ),
      ).toEqual([
        { nome: 'v1', n: 20 },
        { nome: 'v2', n: 20 },
      ])
      expect(await sql('select distinct pool from zapfleet.reservations')).toEqual([{ pool: 'vendas' }])
    },
  )

  it('keeps one number of the contact in each pool, and another one without a pool', async () => {
    const [sales, bills] = [
      await reserve(fleet, { pool: 'vendas', contactId: MARIA }),
      await reserve(other, { pool: 'cobranca', contactId: MARIA }),
    ]
    expect([sales.preference, bills.preference]).toEqual(['assigned', 'assigned'])
    expect((await getContact(fleet, { id: MARIA })).preferredInstance).toBeNull()
    await setPreference(fleet, { id: MARIA, instanceName: 'plain' })
    for (const process of [other, fleet]) {
      expect(await reserve(process, { pool: 'vendas', contactId: MARIA })).toMatchObject({
        instanceName: sales.instanceName,
        preference: 'kept',
      })
      expect(await reserve(process, { pool: 'cobranca', contactId: MARIA })).toMatchObject({
        instanceName: bills.instanceName,
        preference: 'kept',
      })
      expect(await reserve(process, { contactId: MARIA })).toMatchObject({
        instanceName: 'plain',
        preference: 'kept',
        pool: null,
      })
    }
  })

  it('begins with the number of the contact, where that is in the pool, and stays there when that changes', async () => {
    await setPreference(fleet, { id: MARIA, instanceName: 'v2' })
    expect(await reserve(fleet, { pool: 'vendas', contactId: MARIA })).toMatchObject({
      instanceName: 'v2',
      preference: 'kept',
    })
    expect(await stored()).toEqual({ vendas: 'v2' })
    expect((await reserve(fleet, { pool: 'cobranca', contactId: MARIA })).preference).toBe('assigned')
    await setPreference(fleet, { id: MARIA, instanceName: 'plain' })
    expect(await reserve(other, { pool: 'vendas', contactId: MARIA })).toMatchObject({
      instanceName: 'v2',
      preference: 'kept',
    })
  })

  it.each(['this process', 'another process'])(
    'begins with the number that the contact has then, not with an earlier one: %s moved it',
    async (who) => {
      await setPreference(fleet, { id: MARIA, instanceName: 'v1' })
      await down('v1')
      for (const one of [fleet, other]) await one.engine.snapshot.refresh()
      const borrowed = await reserve(fleet, { contactId: MARIA, pool: 'vendas', fallback: 'borrow' })
      expect([borrowed.instanceName, borrowed.preference]).toEqual(['v2', 'borrowed'])
      expect(await stored()).toEqual({})
      const mover = who === 'this process' ? fleet : other
      const moved = await reserve(mover, { contactId: MARIA, exclude: ['v2', 'c1', 'c2'] })
      expect([moved.instanceName, moved.preference]).toEqual(['plain', 'moved'])
      await sql(`update whatsapp_instances set status = 'connected' where nome = 'v1'`)
      await sql(`update whatsapp_instances set etiquetas = etiquetas || 'vendas'::text where nome = 'plain'`)
      for (const one of [fleet, other]) await one.engine.snapshot.refresh()
      const { instanceName, preference } = await reserve(fleet, { contactId: MARIA, pool: 'vendas' })
      expect([instanceName, preference]).toEqual(['plain', 'kept'])
      expect(await stored()).toEqual({ vendas: 'plain' })
    },
  )

  it('begins with a number that the contact got after a refusal in the pool', async () => {
    for (const name of ['v1', 'v2']) await down(name)
    await fleet.engine.snapshot.refresh()
    expect((await refusal(reserve(fleet, { contactId: MARIA, pool: 'vendas' }))).code).toBe('NO_CAPACITY')
    await sql(`update whatsapp_instances set status = 'connected' where nome = any('{v1,v2}')`)
    await sql(`update whatsapp_instances set msgs_enviadas_dia = 500 where nome = 'v2'`)
    for (const one of [fleet, other]) await one.engine.snapshot.refresh()
    const outside = await reserve(other, { contactId: MARIA, exclude: ['v1', 'c1', 'c2', 'plain'] })
    expect([outside.instanceName, outside.preference]).toEqual(['v2', 'assigned'])
    const { instanceName, preference } = await reserve(fleet, { contactId: MARIA, pool: 'vendas' })
    expect([instanceName, preference]).toEqual(['v2', 'kept'])
  })

  it('moves the contact within the pool when its number cannot serve', async () => {
    const { instanceName } = await reserve(fleet, { pool: 'vendas', contactId: MARIA })
    await down(instanceName)
    await fleet.engine.snapshot.refresh()
    const [moved, next] = await Promise.all(
      [1, 2].map(() => reserve(fleet, { pool: 'vendas', contactId: MARIA }, PATIENT)),
    )
    expect([moved, next]).toMatchObject([
      { instanceName: instanceName === 'v1' ? 'v2' : 'v1', preference: 'moved' },
      { preference: 'kept' },
    ])
    expect(await stored()).toEqual({ vendas: moved?.instanceName })
  })

  it('is refused with OTHER_POOL for each number outside, and NOT_FOUND for a tag that none has', async () => {
    await down('v1')
    await down('v2')
    for (const exclude of [undefined, ['v1', 'plain']]) {
      const error = await refusal(reserve(fleet, { pool: 'vendas', contactId: MARIA, exclude }))
      expect([error.code, error.reasons]).toEqual([
        'NO_CAPACITY',
        exclude ? { EXCLUDED: 2, DISCONNECTED: 1, OTHER_POOL: 2 } : { DISCONNECTED: 2, OTHER_POOL: 3 },
      ])
    }
    for (const call of [
      () => reserve(fleet, { pool: 'Vendas' }),
      () => explain(fleet, { pool: 'Vendas' }),
      () => chooseInstance(fleet, { pool: 'Vendas' }),
    ])
      expect(await refusal(call())).toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('no number has the tag "Vendas"'),
      })
  })

  it('follows a change of tags from the next reserve on, in every process', async () => {
    const { instanceName } = await reserve(other, { pool: 'vendas', contactId: MARIA })
    await updateInstance(callOf(fleet), { name: instanceName, tags: [] })
    await updateInstance(callOf(fleet), { name: 'plain', tags: ['vendas', 'vip'] })
    // The other process has the old tags in memory: the claim reads them.
    const moved = await reserve(other, { pool: 'vendas', contactId: MARIA }, PATIENT)
    expect(moved.instanceName).not.toBe(instanceName)
    expect(await reserve(other, { pool: 'vip' }, PATIENT)).toMatchObject({ instanceName: 'plain' })
  })

  it('reads no tag from a null that another program stored among them', async () => {
    await sql(`update whatsapp_instances set etiquetas = '{vendas,NULL}' where nome = 'plain'`)
    expect(await getInstance(fleet, { name: 'plain' })).toMatchObject({ tags: ['vendas'] })
    await fleet.engine.snapshot.refresh()
    expect(await reserve(fleet, { pool: 'vendas', exclude: ['v1', 'v2'] })).toMatchObject({
      instanceName: 'plain',
    })
  })

  it('gives a new contact one number over four processes that reserve at once', async () => {
    const processes = [fleet, other, await another(), await another()]
    const people = Array.from({ length: 20 }, (_, n) => `new-${n}`)
    const seats = await Promise.all(
      processes.flatMap((process) =>
        people.map((contactId) => reserve(process, { pool: 'vendas', contactId }, PATIENT)),
      ),
    )
    for (const contactId of people) {
      const own = seats.filter((seat) => seat.contactId === contactId)
      expect(new Set(own.map(({ instanceName }) => instanceName)).size).toBe(1)
      expect(own.filter(({ preference }) => preference === 'assigned')).toHaveLength(1)
    }
    expect(await sql('select sum(msgs_enviadas_dia)::int n from whatsapp_instances')).toEqual([{ n: 80 }])
  })

  it('never exceeds a limit while reserves with and without a pool use the same numbers', async () => {
    await sql('update whatsapp_instances set capacidade_hora = 7')
    const results = await Promise.all(
      Array.from({ length: 90 }, (_, n) =>
        reserve(
          n % 2 ? fleet : other,
          { contactId: `p${n}`, pool: ['vendas', 'cobranca', undefined][n % 3] },
          PATIENT,
        ).then(
          ({ pool }) => pool,
          (error: FleetError) => error.code,
        ),
      ),
    )
    expect(results.filter((one) => one !== 'NO_CAPACITY')).toHaveLength(35)
    expect(await sql('select distinct msgs_enviadas_hora n from whatsapp_instances')).toEqual([{ n: 7 }])
  })

  it('answers a repeated idempotency key with the same reservation, and refuses it for another pool', async () => {
    const first = await reserve(fleet, { pool: 'vendas', contactId: MARIA, idempotencyKey: 'k' })
    expect(await reserve(other, { pool: 'vendas', contactId: MARIA, idempotencyKey: 'k' })).toMatchObject({
      id: first.id,
      pool: 'vendas',
    })
    expect((await refusal(reserve(other, { contactId: MARIA, idempotencyKey: 'k' }))).code).toBe('CONFLICT')
    expect(await releaseReservation(fleet, { id: first.id })).toMatchObject({
      pool: 'vendas',
      state: 'released',
    })
  })

  it('keeps limits for new contacts, gaps and draining', async () => {
    await updateInstance(callOf(fleet), { name: 'v1', newContactsPerHour: 1, minGapMs: 60_000 })
    await updateInstance(callOf(fleet), { name: 'v2', draining: true })
    expect(await reserve(fleet, { pool: 'vendas', contactId: 'first' })).toMatchObject({ instanceName: 'v1' })
    expect((await refusal(reserve(other, { pool: 'vendas', contactId: 'second' }, PATIENT))).reasons).toEqual(
      {
        NEW_CONTACT_LIMIT: 1,
        DRAINING: 1,
        OTHER_POOL: 3,
      },
    )
  })
})

describe('explain and choose with a pool', () => {
  it('name what reserve takes, and OTHER_POOL for the numbers outside', async () => {
    const found = await explain(fleet, { pool: 'vendas', contactId: MARIA })
    expect(found.candidates.filter(({ reason }) => reason === 'OTHER_POOL').map(({ name }) => name)).toEqual([
      'c1',
      'c2',
      'plain',
    ])
    expect((await reserve(fleet, { pool: 'vendas', contactId: MARIA })).instanceName).toBe(found.chosen)
    // Its number in the pool, which it has nowhere else.
    const ownIn = async (pool?: string) => (await explain(fleet, { pool, contactId: MARIA })).own
    expect([found.own, await ownIn('vendas'), await ownIn()]).toEqual([null, found.chosen, null])
  })

  it('store the number that they choose for the pool alone', async () => {
    const { instanceName } = await chooseInstance(fleet, { pool: 'cobranca', contactId: MARIA })
    expect(await stored()).toEqual({ cobranca: instanceName })
    expect((await getContact(fleet, { id: MARIA })).preferredInstance).toBeNull()
    expect(await chooseInstance(other, { pool: 'cobranca', contactId: MARIA })).toEqual({ instanceName })
  })
})

describe('the number of a person in a pool', () => {
  const at = (seconds: number): Date => new Date(Date.now() - 600_000 + seconds * 1_000)

  it('is the one that the person wrote to, by the newest message to that pool', async () => {
    await reserve(fleet, { pool: 'vendas', contactId: MARIA })
    await recordInbound(fleet, { id: MARIA, instanceName: 'v2', at: at(20) })
    await recordInbound(fleet, { id: MARIA, instanceName: 'c1', at: at(30) })
    await recordInbound(fleet, { id: MARIA, instanceName: 'v1', at: at(10) })
    expect(await stored()).toEqual({ vendas: 'v2', cobranca: 'c1' })
    for (const process of [fleet, other]) {
      expect(await reserve(process, { pool: 'vendas', contactId: MARIA })).toMatchObject({
        instanceName: 'v2',
        kind: 'reply',
      })
      expect(await reserve(process, { pool: 'cobranca', contactId: MARIA })).toMatchObject({
        instanceName: 'c1',
      })
    }
    await recordInbound(fleet, { id: MARIA, instanceName: 'v1', at: at(40) })
    await expect
      .poll(async () => (await reserve(other, { pool: 'vendas', contactId: MARIA })).instanceName)
      .toBe('v1')
  })

  it('follows a number that an operator gives, and ends with the preference', async () => {
    await reserve(fleet, { pool: 'vendas', contactId: MARIA })
    await reserve(fleet, { pool: 'cobranca', contactId: MARIA })
    const { cobranca } = await stored()
    await setPreference(fleet, { id: MARIA, instanceName: 'v2' })
    expect(await stored()).toEqual({ vendas: 'v2', cobranca })
    await clearPreference(fleet, { id: MARIA })
    expect(await stored()).toEqual({})
    expect((await reserve(other, { pool: 'vendas', contactId: MARIA })).preference).toBe('assigned')
  })

  it('goes to the contact that an id is linked to', async () => {
    await reserve(fleet, { pool: 'vendas', contactId: 'crm-7' })
    const { vendas } = await stored('crm-7')
    await linkContact(fleet, { id: MARIA, alias: 'crm-7' })
    expect([await stored(), await stored('crm-7')]).toEqual([{ vendas }, {}])
    expect(await reserve(other, { pool: 'vendas', contactId: 'crm-7' })).toMatchObject({
      instanceName: vendas,
      preference: 'kept',
    })
  })

  it('is in what is exported of the person, and forgotten with the person', async () => {
    const { instanceName } = await reserve(fleet, { pool: 'vendas', contactId: MARIA })
    expect(await exportContact(fleet, { id: MARIA })).toMatchObject({
      pools: [{ pool: 'vendas', preferredInstance: instanceName, lastInboundAt: null }],
      reservations: [{ pool: 'vendas' }],
    })
    await forgetContact(fleet, { id: MARIA }, (id) => id.slice(-2))
    expect(await sql('select * from zapfleet.pool_contacts')).toEqual([])
  })
})
