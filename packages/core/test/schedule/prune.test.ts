import pg from 'pg'
import { beforeEach, expect, it } from 'vitest'
import { prune, releaseReservation } from '../../src/index.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet, sql, clock, url } = await testFleet()

beforeEach(async () => {
  await sql(
    'truncate whatsapp_instances, zapfleet.reservations, zapfleet.events, zapfleet.job_runs, zapfleet.audit, zapfleet.api_keys',
  )
  clock.set('2026-05-05T12:00:00Z')
})

/** Reservations of so many days ago, `count` of each, in the windows of their time. */
async function addReservations(daysAgo: number, count: number): Promise<void> {
  await sql(
    `insert into zapfleet.reservations (id, instance_name, strategy, preference, hour_window, day_window, reserved_at)
     select gen_random_uuid(), 'a', 'sticky', 'none', date_trunc('hour', t.at), date_trunc('day', t.at, 'America/Sao_Paulo'), t.at
     from (select $1::timestamptz - $2 * interval '1 day' as at) t, generate_series(1, $3::int)`,
    [clock.at, daysAgo, count],
  )
}

async function ages(): Promise<unknown[]> {
  return sql(
    `select round(extract(epoch from $1::timestamptz - reserved_at) / 86400)::int days, count(*)::int rows
     from zapfleet.reservations group by 1 order by 1`,
    [clock.at],
  )
}

it('removes events of 90 days, reservations of 35 and job runs of 14, and nothing younger', async () => {
  await sql(
    `insert into zapfleet.events (id, type, instance_name, at, facts)
     select n, 'created', 'a', $1::timestamptz - n * interval '1 day', '{}' from generate_series(1, 100) n`,
    [clock.at],
  )
  await sql(
    `insert into zapfleet.job_runs (job, holder, started_at, took_ms)
     select 'prune', 'a', $1::timestamptz - n * interval '1 day', 1 from generate_series(0, 20) n`,
    [clock.at],
  )
  for (const days of [0, 1, 34, 36, 400]) await addReservations(days, 2)
  expect(await prune(fleet)).toEqual({
    changed: 20,
    events: 10,
    reservations: 4,
    jobRuns: 6,
    hours: 0,
    audit: 0,
    keys: 0,
    messageChanges: 0,
    idempotencyKeys: 0,
    messages: 0,
    alerts: 0,
  })
  expect(await sql('select count(*)::int events, max(id)::int oldest from zapfleet.events')).toEqual([
    { events: 90, oldest: 90 },
  ])
  expect(await ages()).toEqual([
    { days: 0, rows: 2 },
    { days: 1, rows: 2 },
    { days: 34, rows: 2 },
  ])
  expect(await prune(fleet)).toEqual({
    changed: 0,
    events: 0,
    reservations: 0,
    jobRuns: 0,
    hours: 0,
    audit: 0,
    keys: 0,
    messageChanges: 0,
    idempotencyKeys: 0,
    messages: 0,
    alerts: 0,
  })
})

it('removes the audit of 400 days, and the keys that ended as long ago', async () => {
  await sql(
    `insert into zapfleet.audit (at, request_id, key_id, key_label, address, act)
     select $1::timestamptz - n * interval '1 day', 'r', 'k', 'k', '-', 'instance.update' from unnest(array[0, 399, 401, 900]) n`,
    [clock.at],
  )
  await sql(
    `insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by, revoked_at, expires_at)
     select t.id, '', 'bot', 'b', 'epoch', 'x', $1::timestamptz - t.revoked * interval '1 day', $1::timestamptz - t.expired * interval '1 day'
     from (values ('lives', null::int, null::int), ('revoked lately', 399, null), ('revoked', 401, null), ('expired', null, 401),
       ('both', 900, 10), ('to come', null, -10)) t (id, revoked, expired)`,
    [clock.at],
  )
  expect(await prune(fleet)).toMatchObject({ changed: 5, audit: 2, keys: 3 })
  expect(await sql('select count(*)::int rows from zapfleet.audit')).toEqual([{ rows: 2 }])
  expect(await sql('select id from zapfleet.api_keys order by id')).toEqual([
    { id: 'lives' },
    { id: 'revoked lately' },
    { id: 'to come' },
  ])
})

it('removes leases that ended more than a day ago, which their holders did not release', async () => {
  await sql('truncate zapfleet.leases')
  await sql(
    `insert into zapfleet.leases (name, holder, expires_at)
     select n::text, 'x', $1::timestamptz - n * interval '1 hour' from unnest(array[-1, 1, 23, 25, 500]) n`,
    [clock.at],
  )
  await prune(fleet)
  expect(await sql('select name from zapfleet.leases order by expires_at desc')).toEqual([
    { name: '-1' },
    { name: '1' },
    { name: '23' },
  ])
})

it('removes changes of messages of more than 7 days, step by step, and none younger', async () => {
  await sql('truncate zapfleet.message_changes')
  await sql(
    `insert into zapfleet.message_changes (kind, message_id, state, at)
     select 'message', gen_random_uuid(), 'sent', $1::timestamptz - (20 - n / 10) * interval '1 day' from generate_series(0, 199) n`,
    [clock.at],
  )
  const kept = 'select count(*)::int as rows, min(at) as oldest from zapfleet.message_changes'
  expect((await prune(fleet, { stepRows: 7 })).messageChanges).toBe(130)
  expect(await sql(kept)).toEqual([{ rows: 70, oldest: new Date('2026-04-28T12:00:00Z') }])
  expect((await prune(fleet, { stepRows: 7 })).messageChanges).toBe(0)
  await sql('truncate zapfleet.message_changes')
})

it('removes idempotency keys of more than 25 hours, block by block, and none that counts or is in use', async () => {
  await sql('truncate zapfleet.idempotency_keys')
  await sql(
    `insert into zapfleet.idempotency_keys (key, reservation_id, input_hash, reserved_at)
     select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1::timestamptz - n * interval '1 minute' from generate_series(0, 29999) n order by random()`,
    [clock.at],
  )
  const [table] = await sql(`select pg_relation_size('zapfleet.idempotency_keys') / 8192 blocks`)
  expect(Number(table?.blocks)).toBeGreaterThan(200)
  const busy = new pg.Client({ connectionString: url })
  await busy.connect()
  try {
    await busy.query('begin')
    await busy.query(`select from zapfleet.idempotency_keys order by reserved_at limit 3 for update`)
    expect((await prune(fleet)).idempotencyKeys).toBe(30_000 - 25 * 60 - 1 - 3)
    await busy.query('rollback')
  } finally {
    await busy.end()
  }
  expect((await prune(fleet)).idempotencyKeys).toBe(3)
  expect(await sql('select count(*)::int n, min(reserved_at) oldest from zapfleet.idempotency_keys')).toEqual(
    [{ n: 25 * 60 + 1, oldest: new Date('2026-05-04T11:00:00Z') }],
  )
  await sql('truncate zapfleet.idempotency_keys')
})

it('keeps an old row that is charged to a window that still counts, so that its release gives the seat back', async () => {
  await sql(
    `insert into whatsapp_instances (nome, status, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia)
     values ('a', 'connected', 1, 1, '2026-05-05T12:00:00Z', '2026-05-05T03:00:00Z')`,
  )
  const [row] = await sql(
    `insert into zapfleet.reservations (id, instance_name, strategy, preference, hour_window, day_window, reserved_at)
     values (gen_random_uuid(), 'a', 'sticky', 'none', '2026-05-05T12:00:00Z', '2026-05-05T03:00:00Z', '2020-01-01') returning id`,
  )
  await addReservations(36, 1)
  expect((await prune(fleet)).reservations).toBe(1)
  expect((await releaseReservation(fleet, { id: String(row?.id) })).remaining).toEqual({
    hour: 20,
    day: 100,
    newContacts: null,
  })
})

it('continues batch by batch, and stops between two on request', async () => {
  await addReservations(50, 25)
  expect((await prune(fleet, { stepRows: 4, signal: AbortSignal.abort() })).changed).toBe(0)
  expect((await prune(fleet, { stepRows: 4 })).reservations).toBe(25)
})

it('does not wait for locks: rows that another transaction uses are left for the next run', async () => {
  await addReservations(50, 10)
  const busy = new pg.Client({ connectionString: url })
  await busy.connect()
  try {
    await busy.query('begin')
    await busy.query('select from zapfleet.reservations order by id limit 3 for update')
    expect((await prune(fleet, { stepRows: 5 })).reservations).toBeGreaterThanOrEqual(2)
    expect((await prune(fleet)).reservations + 3).toBeLessThanOrEqual(10)
    expect(await ages()).toEqual([{ days: 50, rows: 3 }])
    await busy.query('rollback')
    expect((await prune(fleet)).reservations).toBe(3)
  } finally {
    await busy.end()
  }
})
