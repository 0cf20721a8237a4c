import { createHash, randomUUID } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { closeFleet, type Fleet, migrate, openFleet, reserve, silentLog } from '../src/index.ts'
import { storedKey } from '../src/reservation/idempotency-keys.ts'
import { addInstances, clearFleet, noEvolution, type Sql, testFleet } from './support/fleet.ts'
import { oldDatabase } from './support/old-database.ts'
import { stall, untilStalled } from './support/stall.ts'

const { fleet, another, sql, url, clock } = await testFleet()
const other = await another()
const PATIENT = { deadlineMs: 60_000 }
const timeZone = 'America/Sao_Paulo'
const MIGRATION = '20261130070000_idempotency_keys'

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
})

const keysWithoutReservation = (query: Sql = sql) =>
  query(
    'select k.key from zapfleet.idempotency_keys k left join zapfleet.reservations r on r.id = k.reservation_id where r.id is null',
  )

/** As the release before this one hashed the input of a reserve without further options. */
const oldHash = (contact: string | null): string =>
  createHash('sha256')
    .update(JSON.stringify([contact, 'sticky', 'move', []]))
    .digest('base64url')

type Asked = { key: string; contact: string | null }

/** A process of the release before this one, with its own SQL. Counters are left out. */
function oldProcess(query: Sql, at: string | null = null) {
  const moment = `coalesce($1::timestamptz, clock_timestamp())`
  const claim = (asked: readonly Asked[], ids: readonly string[]) =>
    query(
      `insert into zapfleet.reservations
         (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, kind, idempotency_key, input_hash)
       select checked.id, 'a', checked.contact, 'sticky', 'kept', date_trunc('hour', m.at), date_trunc('day', m.at), m.at, 'known', checked.key, checked.hash
       from (select ${moment} at) m, unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) checked(id, contact, key, hash)
       order by checked.key, checked.id
       on conflict (idempotency_key) where idempotency_key is not null do nothing
       returning id`,
      [
        at,
        ids,
        asked.map(({ contact }) => contact),
        asked.map(({ key }) => key),
        asked.map(({ contact }) => oldHash(contact)),
      ],
    )
  const read = (keys: readonly string[]) =>
    query(
      `select r.id, r.idempotency_key as key, r.input_hash as hash, r.reserved_at <= ${moment} - interval '24 hours' as expired
       from zapfleet.reservations r where r.idempotency_key = any($2::text[])`,
      [at, keys],
    )
  const expire = (keys: readonly string[]) =>
    query(
      `with expired_keys as (select r.id from zapfleet.reservations r
         where r.idempotency_key = any($2::text[]) and r.reserved_at <= ${moment} - interval '24 hours' order by r.id for update of r)
       update zapfleet.reservations r set idempotency_key = null from expired_keys where r.id = expired_keys.id`,
      [at, keys],
    )
  /** As its engine, which sends a batch that is undone too often one by one. */
  const again = async (act: () => Promise<Record<string, unknown>[]>): Promise<Record<string, unknown>[]> => {
    for (;;)
      try {
        return await act()
      } catch (error) {
        const { code } = error as { code?: string }
        if (code !== '40001' && code !== '40P01') throw error
      }
  }
  /** The id of each reservation, or CONFLICT. */
  return async (asked: readonly Asked[]): Promise<string[]> => {
    const answers = new Map<string, string>()
    for (let turn = 0; answers.size < asked.length; turn++) {
      if (turn === 10) throw new Error('a key is neither free nor stored')
      const open = asked.filter(({ key }) => !answers.has(key))
      const ids = open.map(() => uuidv7())
      const granted = new Set((await again(() => claim(open, ids))).map(({ id }) => id))
      for (const [place, { key }] of open.entries())
        if (granted.has(ids[place])) answers.set(key, String(ids[place]))
      const denied = open.filter(({ key }) => !answers.has(key)).map(({ key }) => key)
      const stored = await read(denied)
      const expired = stored.filter((row) => row.expired).map((row) => String(row.key))
      if (expired.length > 0) await expire(expired)
      for (const row of stored) {
        const contact = open.find(({ key }) => key === row.key)?.contact ?? null
        if (!row.expired)
          answers.set(String(row.key), row.hash === oldHash(contact) ? String(row.id) : 'CONFLICT')
      }
    }
    return asked.map(({ key }) => answers.get(key) ?? '')
  }
}

const ask = async (of: Fleet, { key, contact }: Asked): Promise<string> =>
  reserve(of, { idempotencyKey: key, ...(contact !== null && { contactId: contact }) }, PATIENT).then(
    ({ id }) => id,
    (error) => error.code,
  )

describe('a key', () => {
  it('is stored as PostgreSQL computes it, and never as text', async () => {
    await addInstances(sql, ['a'])
    const v7 = '019ad34f-5a10-7abc-8def-0123456789ab'
    const keys = [
      'k',
      'pedido nº 1042 \u{1f600}',
      'x'.repeat(255),
      v7,
      v7.toUpperCase(),
      `${v7}\n`,
      randomUUID(),
    ]
    for (const key of keys) {
      await reserve(fleet, { idempotencyKey: key })
      expect(await sql('select zapfleet.stored_key($1)::text k', [key])).toEqual([{ k: storedKey(key) }])
    }
    const stored = await sql('select key::text k from zapfleet.idempotency_keys')
    expect(stored).toHaveLength(keys.length)
    // Of a UUID of version 7 the time alone.
    expect(stored.filter(({ k }) => String(k).startsWith(v7.slice(0, 13)))).toEqual([{ k: storedKey(v7) }])
    expect(storedKey(v7)).not.toContain(v7.slice(14, 18))
    expect(
      await sql(
        'select 1 from zapfleet.reservations where idempotency_key is not null or input_hash is not null',
      ),
    ).toEqual([])
  })

  it('of a reserve that is denied is free', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 1 })
    for (const one of [fleet, other]) await one.engine.snapshot.refresh()
    // Both processes see two seats for their three calls each: the claims deny some.
    const asked = Array.from({ length: 6 }, (_, n) => ({ key: `k${n}`, contact: null }))
    const answers = await Promise.all(asked.map((one, n) => ask(n % 2 ? fleet : other, one)))
    expect(answers.filter((answer) => answer === 'NO_CAPACITY')).toHaveLength(4)
    expect(await sql('select 1 from zapfleet.idempotency_keys')).toHaveLength(2)
    expect(await keysWithoutReservation()).toEqual([])
    await sql('update whatsapp_instances set capacidade_hora = 100')
    for (const [n, one] of asked.entries())
      if (answers[n] === 'NO_CAPACITY') expect(await ask(fleet, one)).toMatch(/-/)
    expect(await sql('select 1 from zapfleet.reservations')).toHaveLength(6)
  })

  it('whose claim finds no room behind another process is not stored', async () => {
    await addInstances(sql, ['a'], { hour: 1 })
    for (const one of [fleet, other]) await one.engine.snapshot.refresh()
    const held = await stall(url, `select from whatsapp_instances where nome = 'a' for update`)
    const first = ask(fleet, { key: 'first', contact: null })
    await untilStalled(sql)
    const second = ask(other, { key: 'second', contact: null })
    await untilStalled(sql, 2)
    await held.go()
    expect([await first, await second]).toEqual([expect.stringMatching(/-/), 'NO_CAPACITY'])
    expect(await sql('select key::text k from zapfleet.idempotency_keys')).toEqual([
      { k: storedKey('first') },
    ])
  })

  it('whose reservation was removed is free', async () => {
    await addInstances(sql, ['a'])
    const first = await ask(fleet, { key: 'k', contact: null })
    await sql('delete from zapfleet.reservations')
    const next = await ask(other, { key: 'k', contact: null })
    expect(next).not.toBe(first)
    expect(await ask(fleet, { key: 'k', contact: null })).toBe(next)
    expect(await keysWithoutReservation()).toEqual([])
  })

  it.each([
    ['2026-03-11T13:19:59.999Z', true],
    ['2026-03-11T13:20:00Z', false],
  ])('counts for 24 hours: at %s %s', async (later, counts) => {
    clock.set('2026-03-10T13:20:00Z')
    await addInstances(sql, ['a'])
    const first = await ask(fleet, { key: 'k', contact: null })
    clock.set(later)
    expect((await ask(other, { key: 'k', contact: null })) === first).toBe(counts)
  })
})

describe('processes of this release and of the one before', () => {
  const old = oldProcess(sql)

  it('give one reservation to a key that both use at once', async () => {
    await addInstances(sql, ['a', 'b'], { hour: 100_000, day: 100_000 })
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 40 }, (_, n) => ({ key: `${round}-${n}`, contact: `c${n}` }))
      const [ours, others, theirs] = await Promise.all([
        Promise.all(asked.map((one) => ask(fleet, one))),
        Promise.all(asked.toReversed().map((one) => ask(other, one))),
        old(asked),
      ])
      expect(theirs).toEqual(ours)
      expect(others.toReversed()).toEqual(ours)
    }
    expect(await sql('select 1 from zapfleet.reservations')).toHaveLength(400)
    expect(await sql('select 1 from zapfleet.idempotency_keys')).toHaveLength(400)
    expect(await keysWithoutReservation()).toEqual([])
  })

  it('refuse other input under a key of the other release', async () => {
    await addInstances(sql, ['a'])
    const [theirs = ''] = await old([{ key: 'theirs', contact: 'c' }])
    const ours = await ask(fleet, { key: 'ours', contact: 'c' })
    expect(await ask(other, { key: 'theirs', contact: 'd' })).toBe('CONFLICT')
    expect(await ask(other, { key: 'theirs', contact: 'c' })).toBe(theirs)
    expect(await old([{ key: 'ours', contact: 'd' }])).toEqual(['CONFLICT'])
    expect(await old([{ key: 'ours', contact: 'c' }])).toEqual([ours])
    expect(await old([{ key: 'ours', contact: 'd' }])).toEqual(['CONFLICT'])
    expect(await sql('select 1 from zapfleet.reservations')).toHaveLength(2)
  })

  it('use a key again after 24 hours, whichever release used it last', async () => {
    await addInstances(sql, ['a'], { hour: 100, day: 100 })
    const asked = { key: 'k', contact: 'c' }
    const ids = new Set<string>()
    for (const [day, isOurs] of [true, false, false, true, true, false].entries()) {
      const at = `2026-03-${10 + 2 * day}T13:20:00Z`
      clock.set(at)
      const theirs = async (): Promise<string> => (await oldProcess(sql, at)([asked]))[0] ?? ''
      const first = await (isOurs ? ask(fleet, asked) : theirs())
      expect(ids.has(first)).toBe(false)
      ids.add(first)
      expect(await (isOurs ? theirs() : ask(other, asked))).toBe(first)
    }
    expect(await keysWithoutReservation()).toEqual([])
  })

  it('find the keys of reservations that are restored into the database as they were', async () => {
    const asked = { key: 'k', contact: 'c' }
    const [id = ''] = await old([asked])
    await sql('create table public.restored as table zapfleet.reservations')
    try {
      await sql('delete from zapfleet.reservations')
      await sql('insert into zapfleet.reservations table public.restored')
    } finally {
      await sql('drop table public.restored')
    }
    await addInstances(sql, ['a'])
    expect(await ask(fleet, asked)).toBe(id)
    expect(await old([asked])).toEqual([id])
  })

  it('agree where a claim of this release takes a key while one of the other is under way', async () => {
    await addInstances(sql, ['a'])
    await sql(`create function public.wait_here() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(1); return new; end $$`)
    // Its name is before that of the trigger that stores the key.
    await sql(`create trigger a_wait after insert on zapfleet.reservations for each row
      when (new.idempotency_key is not null) execute function public.wait_here()`)
    const held = await stall(url, 'select pg_advisory_xact_lock(1)')
    try {
      const theirs = old([{ key: 'k', contact: 'c' }])
      await untilStalled(sql)
      const ours = await ask(fleet, { key: 'k', contact: 'c' })
      await held.go()
      expect(await theirs).toEqual([ours])
      expect(await sql('select 1 from zapfleet.reservations')).toHaveLength(1)
    } finally {
      await sql('drop trigger a_wait on zapfleet.reservations; drop function public.wait_here()')
    }
  })
})

describe('the upgrade', () => {
  it('takes the keys of the last day over, while processes of the release before use others', async () => {
    const { url: address, query } = await oldDatabase(MIGRATION)
    await addInstances(query, ['a'], { hour: 100_000, day: 100_000 })
    // Each tenth has no key, and each eleventh is of a contact that was forgotten. Half of them are older than a day, and none is about a day old.
    await query(
      `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, idempotency_key, input_hash)
       select (lpad(to_hex(floor(extract(epoch from t.at) * 1000)::bigint), 12, '0') || '7000' || '8000' || lpad(to_hex(t.n), 12, '0'))::uuid, 'a', null, 'sticky', 'none',
         t.at, t.at, t.at, case when t.n % 10 > 0 then 'key ' || t.n end, case when t.n % 11 > 0 then $1 end
       from (select n, clock_timestamp() - interval '2 days' + (n + 0.5) * interval '1 minute' as at from generate_series(0, 2879) n) t where abs(t.n - 1440) > 60`,
      [oldHash(null)],
    )
    const old = oldProcess(query)
    let isDone = false
    const load = (async () => {
      const used: string[] = []
      for (let n = 0; !isDone; n++) used.push(...(await old([{ key: `load ${n}`, contact: null }])))
      return used
    })()
    await migrate({ url: address, timeZone })
    isDone = true
    const used = await load
    expect(used.length).toBeGreaterThan(0)
    const young = await query(
      `select r.id, r.idempotency_key key from zapfleet.reservations r
       where r.idempotency_key is not null and r.input_hash is not null and r.reserved_at > clock_timestamp() - interval '24 hours' order by r.id`,
    )
    expect(young.length).toBeGreaterThan(1_100 + used.length)
    const stored = await query(
      'select k.key, k.reservation_id id from zapfleet.idempotency_keys k order by 2',
    )
    expect(stored).toEqual(young.map(({ id, key }) => ({ key: storedKey(String(key)), id })))

    const now = await openFleet({ databaseUrl: address, timeZone, evolution: noEvolution, log: silentLog })
    onTestFinished(() => closeFleet(now))
    for (const { id, key } of [...young.slice(0, 5), ...young.slice(-5)])
      expect(await ask(now, { key: String(key), contact: null })).toBe(id)
    expect(await ask(now, { key: String(young[0]?.key), contact: 'another' })).toBe('CONFLICT')
    const before = await query('select max(id::text) id from zapfleet.reservations')
    expect((await ask(now, { key: 'key 1', contact: null })) > String(before[0]?.id)).toBe(true)
  })
})
