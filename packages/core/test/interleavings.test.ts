import pg from 'pg'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Fleet, getContact, recordInbound, reserve, setPreference } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'
import { stall, untilStalled } from './support/stall.ts'

const { fleet: one, another: open, sql, url, clock } = await testFleet()
const other = await open()

/** No call is refused because the machine is busy. */
const PATIENT = { deadlineMs: 30_000 }
const LOCK_INSTANCE = 'select from whatsapp_instances where nome = $1 for update'

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
})

/** Fresh snapshots for both, so that only the step under test decides. */
const look = async (): Promise<void> => {
  for (const fleet of [one, other]) await fleet.engine.snapshot.refresh()
}

describe('two processes, step by step', () => {
  it('agree on the number of a new contact that the bot adds to clientes between their claims', async () => {
    await addInstances(sql, ['a', 'b'])
    await look()
    const held = await stall(url, LOCK_INSTANCE, ['a'])
    const early = reserve(one, { contactId: 'nova', exclude: ['b'] }, PATIENT)
    await untilStalled(sql)
    await sql(`insert into clientes (id) values ('nova')`)
    const late = await reserve(other, { contactId: 'nova', exclude: ['a'] }, PATIENT)
    await held.go()
    // The first claim excludes the number that the contact has by now: it may move it, and must have read it.
    expect([late.preference, (await early).preference]).toEqual(['assigned', 'moved'])
    expect((await getContact(one, { id: 'nova' })).preferredInstance).toBe('a')
  })

  it('agree on the number of a new contact that is not added to clientes', async () => {
    await addInstances(sql, ['a', 'b'])
    await look()
    const held = await stall(url, LOCK_INSTANCE, ['a'])
    const early = reserve(one, { contactId: 'nova', exclude: ['b'] }, PATIENT)
    await untilStalled(sql)
    const late = await reserve(other, { contactId: 'nova', exclude: ['a'] }, PATIENT)
    await held.go()
    expect([late.preference, (await early).preference]).toEqual(['assigned', 'moved'])
    expect((await getContact(one, { id: 'nova' })).preferredInstance).toBe('a')
  })

  it('do not wait for each other about a contact that has a number by now', async () => {
    await addInstances(sql, ['a', 'b'])
    await look()
    const held = await stall(url, `select pg_advisory_xact_lock(72707370, hashtext('nova'))`)
    // It waits before it stores the first number of the contact.
    const early = reserve(one, { contactId: 'nova', exclude: ['b'] }, PATIENT)
    await untilStalled(sql)
    // As its process read it before.
    other.preferences.set('nova', null)
    await sql(`insert into zapfleet.contacts (id, preferred_instance) values ('nova', 'b')`)
    const late = await reserve(other, { contactId: 'nova', exclude: ['a'] }, PATIENT)
    await held.go()
    expect([late.preference, (await early).preference]).toEqual(['kept', 'moved'])
  })

  it('do not wait for each other about a contact that another message stored meanwhile', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    await sql(`insert into clientes (id) values ('nova')`)
    const deadlocks = async () =>
      (await sql('select deadlocks::int n from pg_stat_database where datname = current_database()'))[0]?.n
    const before = await deadlocks()
    const held = new pg.Client({ connectionString: url })
    await held.connect()
    await held.query(`select pg_advisory_lock(72707370, hashtext('nova'))`)
    const at = (secondsAgo: number) => new Date(Date.now() - 1_000 * secondsAgo)
    const early = recordInbound(one, { id: 'nova', instanceName: 'a', at: at(20) })
    await untilStalled(sql)
    await sql(
      `insert into zapfleet.contacts (id, last_inbound_at, last_inbound_instance) values ('nova', $1, 'b')`,
      [at(30)],
    )
    const late = recordInbound(other, { id: 'nova', instanceName: 'c', at: at(10) })
    await untilStalled(sql, 2)
    await held.end()
    await Promise.all([early, late])
    expect(await sql('select last_inbound_instance i from zapfleet.contacts')).toEqual([{ i: 'c' }])
    expect((await getContact(one, { id: 'nova' })).preferredInstance).toBe('c')
    await sql('select pg_stat_force_next_flush()')
    expect(await deadlocks()).toBe(before)
  })

  it.each([
    ['before the claim locks it', true],
    ['not at all', false],
  ])('keep a contact at its number, which comes back %s', async (_when, isBack) => {
    await addInstances(sql, ['a', 'b'])
    await setPreference(one, { id: 'pessoa', instanceName: 'b' })
    await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'b'`)
    await look()
    // The claim begins while b is disconnected, and waits for a.
    const held = await stall(url, LOCK_INSTANCE, ['a'])
    // Two calls of one turn of the event loop: they share a batch.
    const reserved = Promise.all([1, 2].map(() => reserve(one, { contactId: 'pessoa' }, PATIENT)))
    await untilStalled(sql)
    if (isBack) await sql(`update whatsapp_instances set status = 'connected' where nome = 'b'`)
    await held.go()
    expect(await reserved).toMatchObject(
      isBack
        ? [
            { instanceName: 'b', preference: 'kept' },
            { instanceName: 'b', preference: 'kept' },
          ]
        : [
            { instanceName: 'a', preference: 'moved' },
            { instanceName: 'a', preference: 'kept' },
          ],
    )
    expect((await getContact(one, { id: 'pessoa' })).preferredInstance).toBe(isBack ? 'b' : 'a')
  })

  it('report the move of a contact whose first call in a batch repeats one of another process', async () => {
    await addInstances(sql, ['a', 'b'])
    await setPreference(one, { id: 'pessoa', instanceName: 'b' })
    const first = await reserve(other, { contactId: 'pessoa', idempotencyKey: 'k' }, PATIENT)
    await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'b'`)
    await look()
    const [repeat, next] = await Promise.all([
      reserve(one, { contactId: 'pessoa', idempotencyKey: 'k' }, PATIENT),
      reserve(one, { contactId: 'pessoa' }, PATIENT),
    ])
    expect(repeat).toMatchObject({ id: first.id, instanceName: 'b', preference: 'kept' })
    expect(next).toMatchObject({ instanceName: 'a', preference: 'moved' })
  })

  it('give no number to a contact whose key another call used first', async () => {
    await addInstances(sql, ['a', 'b'])
    await look()
    const held = await stall(url, LOCK_INSTANCE, ['a'])
    const early = expect(
      reserve(one, { contactId: 'loser', idempotencyKey: 'k', exclude: ['b'] }, PATIENT),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await untilStalled(sql)
    await reserve(other, { contactId: 'winner', idempotencyKey: 'k', exclude: ['a'] }, PATIENT)
    await held.go()
    await early
    expect((await getContact(one, { id: 'loser' })).preferredInstance).toBeNull()
    expect(await sql('select sum(msgs_enviadas_hora)::int n from whatsapp_instances')).toEqual([{ n: 1 }])
  })

  it('take expired keys while their reservations are locked, and in any order without a deadlock', async () => {
    clock.set('2026-03-10T13:20:00Z')
    await addInstances(sql, ['a'], { hour: 100 })
    const KEYS = ['z', 'a', 'm', 'q']
    for (const idempotencyKey of KEYS) await reserve(one, { idempotencyKey }, PATIENT)
    clock.set('2026-03-11T14:00:00Z')
    await look()
    const failed = [one, other].map(failures)
    const locked = await stall(url, 'select from zapfleet.reservations for update')
    const held = await stall(
      url,
      `select from zapfleet.idempotency_keys where key = zapfleet.stored_key('m') for update`,
    )
    // Calls of one turn of the event loop share one statement.
    const reserves = [KEYS, KEYS.toReversed()].flatMap((keys, process) =>
      keys.map((idempotencyKey) => reserve([one, other][process] as Fleet, { idempotencyKey }, PATIENT)),
    )
    await untilStalled(sql, 2)
    await held.go()
    const granted = await Promise.all(reserves)
    await locked.go()
    expect(new Set(granted.map(({ id }) => id)).size).toBe(KEYS.length)
    expect(await sql('select count(*)::int n from zapfleet.reservations')).toEqual([{ n: 2 * KEYS.length }])
    expect(await sql('select count(*)::int n from zapfleet.idempotency_keys')).toEqual([{ n: KEYS.length }])
    expect(failed.flat()).toEqual([])
  })
})

/** Collects the SQLSTATE of every statement of a fleet that fails, also of those that the fleet repeats. */
function failures(fleet: Fleet): string[] {
  const codes: string[] = []
  for (const entry of ['run', 'runCount', 'runClaim'] as const) {
    const run = fleet.sql[entry]
    vi.spyOn(fleet.sql, entry).mockImplementation(async (statement, values) => {
      try {
        return await run(statement, values)
      } catch (error) {
        codes.push(`${statement.name}: ${(error as { sqlState?: string }).sqlState}`)
        throw error
      }
    })
  }
  return codes
}
