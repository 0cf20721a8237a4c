import pg from 'pg'
import { beforeEach, expect, it } from 'vitest'
import { DatabaseError } from '../../src/ground/database-error.ts'
import type { Statement } from '../../src/ground/statement.ts'
import { type Fleet, prune } from '../../src/index.ts'
import { hoursStep, stepStatement } from '../../src/schedule/prune-sql.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet, sql, clock, url, another } = await testFleet()
const DAY_MS = 86_400_000

beforeEach(async () => {
  await sql(
    'truncate zapfleet.reservations, zapfleet.events, zapfleet.hourly_sends, zapfleet.prune_cursors, zapfleet.audit, zapfleet.job_runs',
  )
  clock.set('2026-05-05T12:00:00Z')
})

/** A version 7 id of an instant, as PostgreSQL computes it: $at is SQL. */
const v7 = (at: string): string =>
  `(lpad(to_hex(floor(extract(epoch from ${at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid`

/**
 * Reservations between 0 and 70 days old, in random order. A third of the ids is of version 4, a third of version 7,
 * and a third of version 7 by a clock that is wrong by up to 50 days.
 */
async function addMixedReservations(count: number): Promise<void> {
  await sql(
    `insert into zapfleet.reservations (id, instance_name, strategy, preference, hour_window, day_window, reserved_at)
     select case n % 3 when 0 then gen_random_uuid() when 1 then ${v7('at')} else ${v7(`at + (random() - 0.5) * interval '100 days'`)} end,
       'a', 'sticky', 'none', date_trunc('hour', at), date_trunc('day', at, 'America/Sao_Paulo'), at
     from (select n, $1::timestamptz - random() * interval '70 days' as at from generate_series(1, $2::int) n) t order by random()`,
    [clock.at, count],
  )
}

const left = async (): Promise<unknown> =>
  (
    await sql(
      `select count(*) filter (where reserved_at < $1::timestamptz - interval '35 days')::int old,
         count(*) filter (where reserved_at >= $1::timestamptz - interval '35 days')::int young from zapfleet.reservations`,
      [clock.at],
    )
  )[0]

/**
 * The fleet, with a callback for each step of a walk; `after` may throw, because a process that is killed after a
 * step stores nothing more.
 */
function watched(one: Fleet, after: (name: string, read: number) => void): Fleet {
  const run: Fleet['sql']['run'] = async (statement, values) => {
    const rows = await one.sql.run(statement, values)
    const [row] = rows
    if (row && 'held' in row) after(String(values[0]), row.read)
    // biome-ignore lint/suspicious/noExplicitAny: the rows pass through
    return rows as any
  }
  return { ...one, sql: { ...one.sql, run } }
}

it('removes all old rows and no young one, whatever their ids are, in runs that are cut after any step', async () => {
  await addMixedReservations(3_000)
  const { old, young } = (await left()) as { old: number; young: number }
  let gone = 0
  for (let run = 0; run < 40; run++) {
    let steps = 0
    const stop = new AbortController()
    const cut = watched(fleet, (name) => {
      if (name.startsWith('reservations') && ++steps === 7) stop.abort()
    })
    const { reservations } = await prune(cut, { stepRows: 40, signal: stop.signal })
    gone += reservations
    expect(((await left()) as { young: number }).young).toBe(young)
  }
  expect(gone).toBe(old)
  expect(await left()).toEqual({ old: 0, young })
})

it('continues where a killed run was: the front reads no row twice', async () => {
  await addMixedReservations(0)
  await sql(
    `insert into zapfleet.reservations (id, instance_name, strategy, preference, hour_window, day_window, reserved_at)
     select ${v7('at')}, 'a', 'sticky', 'none', at, at, at
     from (select $1::timestamptz - interval '60 days' + n * interval '1 second' as at from generate_series(1, 500) n) t`,
    [clock.at],
  )
  let read = 0
  let steps = 0
  const dying = watched(fleet, (name, rows) => {
    if (name !== 'reservations.front') return
    read += rows
    if (++steps === 4) throw new DatabaseError({ code: 'ECONNRESET' })
  })
  await expect(prune(dying, { stepRows: 50 })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  expect(await left()).toEqual({ old: 300, young: 0 })
  const next = watched(await another(), (name, rows) => {
    if (name === 'reservations.front') read += rows
  })
  expect((await prune(next, { stepRows: 50 })).reservations).toBe(300)
  expect(read).toBe(500)
})

it('two runs at once take steps of their own, and neither waits for the cursor of the other', async () => {
  await addMixedReservations(2_000)
  const { old, young } = (await left()) as { old: number; young: number }
  const runs = await Promise.all([fleet, await another()].map((one) => prune(one, { stepRows: 20 })))
  const more = await prune(fleet, { stepRows: 20 })
  expect([...runs, more].reduce((sum, run) => sum + run.reservations, 0)).toBe(old)
  expect(await left()).toEqual({ old: 0, young })

  await addMixedReservations(300)
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  try {
    await other.query('begin')
    await other.query('select from zapfleet.prune_cursors for update')
    expect((await prune(fleet)).reservations).toBe(0)
    await other.query('rollback')
  } finally {
    await other.end()
  }
  expect((await prune(fleet)).reservations).toBeGreaterThan(0)
  expect(await left()).toMatchObject({ old: 0 })
})

it('removes old events behind rows that a wrong clock has dated into the future', async () => {
  await sql(
    `insert into zapfleet.events (id, type, instance_name, at, facts)
     select n, 'created', 'a', case when n <= 300 then '2099-01-01' else $1::timestamptz - interval '200 days' + n * interval '1 hour' end, '{}'
     from generate_series(1, 4000) n`,
    [clock.at],
  )
  const events = (await prune(fleet, { stepRows: 100 })).events
  const [kept] = await sql('select count(*)::int rows, min(at) oldest from zapfleet.events')
  expect(Number(kept?.rows) + events).toBe(4_000)
  expect(new Date(String(kept?.oldest)).getTime()).toBeGreaterThanOrEqual(
    (clock.at?.getTime() ?? 0) - 90 * DAY_MS,
  )
  expect(await sql("select count(*)::int rows from zapfleet.events where at = '2099-01-01'")).toEqual([
    { rows: 300 },
  ])
})

it('removes the hours of each instance that are older than 35 days, a backlog of them in several runs', async () => {
  await sql(
    `insert into zapfleet.hourly_sends (instance_name, hour, sent)
     select 'n' || n, $1::timestamptz - h * interval '1 hour', 1 from generate_series(1, 120) n, generate_series(700, 1100) h`,
    [clock.at],
  )
  const old = 120 * (1_100 - 35 * 24)
  const gone: number[] = []
  do gone.push((await prune(fleet)).hours)
  while (gone.at(-1) !== 0)
  expect(gone.length).toBeGreaterThan(2)
  expect(gone.reduce((sum, one) => sum + one)).toBe(old)
  expect(
    await sql('select count(*)::int rows, max($1::timestamptz - hour) oldest from zapfleet.hourly_sends', [
      clock.at,
    ]),
  ).toEqual([{ rows: 120 * (35 * 24 - 700 + 1), oldest: expect.objectContaining({ days: 35 }) }])
})

/**
 * Blocks that a statement reads and writes, by the generic plan that the fleet's connections use; its changes are
 * rolled back. The least of three runs: a run also counts the blocks of the catalogs that it loads, at first and after an autovacuum.
 */
async function blocksOf(client: pg.Client, of: Statement, values: readonly string[]): Promise<number> {
  const blocks: number[] = []
  for (let run = 1; run <= 3; run++) blocks.push(await blocksOnce(client, of, values))
  return Math.min(...blocks)
}

async function blocksOnce(
  client: pg.Client,
  { text }: Statement,
  values: readonly string[],
): Promise<number> {
  await client.query('begin')
  await client.query(`prepare s as ${text}`)
  const { rows } = await client.query(
    `explain (analyze, buffers, timing off, format json) execute s (${values.join(', ')})`,
  )
  await client.query('deallocate s')
  await client.query('rollback')
  const [{ Plan: plan }] = rows[0]['QUERY PLAN']
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}

it('a step reads as many blocks in a large table as in a small one, wherever its cursor is', async () => {
  const client = new pg.Client({ connectionString: url, options: '-c plan_cache_mode=force_generic_plan' })
  await client.connect()
  const aging = { table: 'reservations', key: 'uuid', isOld: 'r.reserved_at < $3' } as const
  const sweep = stepStatement(aging, 'sweep')
  const front = stepStatement(aging, 'front')
  const ROWS = 20
  const before = `'${new Date((clock.at?.getTime() ?? 0) - 35 * DAY_MS).toISOString()}'`
  try {
    for (const size of [10_000, 40_000]) {
      let swept = 0
      await sql('truncate zapfleet.reservations, zapfleet.hourly_sends')
      await addMixedReservations(size)
      await sql(
        `insert into zapfleet.hourly_sends select 'n' || n, $1::timestamptz - h * interval '1 hour', 1
         from generate_series(1, 50) n, generate_series(1, $2::int) h order by random()`,
        [clock.at, size / 50],
      )
      await sql('vacuum analyze zapfleet.reservations, zapfleet.hourly_sends')
      await prune(fleet, { signal: AbortSignal.abort() })
      const [table] = await sql("select pg_relation_size('zapfleet.reservations')::int / 8192 blocks")
      for (const part of ['00', '40', '80', 'c0']) {
        const cursor = `${part}000000-0000-0000-0000-000000000000`
        await sql('update zapfleet.prune_cursors set after = $1', [cursor])
        swept = Math.max(swept, await blocksOf(client, sweep, ["'reservations.sweep'", `${ROWS}`, before]))
      }
      await sql('update zapfleet.prune_cursors set after = null')
      const passed = await blocksOf(client, front, ["'reservations.front'", `${ROWS}`, before])
      const hours = await blocksOf(client, hoursStep('hourly_sends'), ["'hourly_sends'", '10', before, '10'])
      // Eight accesses a row, and the levels of the indexes.
      const most = ROWS * 8 + 60
      expect(swept).toBeLessThan(most)
      expect(passed).toBeLessThan(most)
      expect(hours).toBeLessThan(most)
      if (size === 40_000) expect(Number(table?.blocks)).toBeGreaterThan(2 * most)
    }
  } finally {
    await client.end()
  }
})

it('each table that is pruned is vacuumed long before a fifth of it is removed rows, and none has a block range index', async () => {
  const rows = await sql(
    `select c.relname, (select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = 'autovacuum_vacuum_scale_factor') share,
       exists (select from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam where x.indrelid = c.oid and m.amname = 'brin') brin
     from pg_class c where c.relnamespace = 'zapfleet'::regnamespace
       and c.relname in ('reservations', 'idempotency_keys', 'events', 'audit', 'hourly_sends', 'job_runs')`,
  )
  expect(rows).toHaveLength(6)
  for (const row of rows) {
    expect(row.share, row.relname).toBeLessThanOrEqual(0.02)
    expect(row.brin, row.relname).toBe(false)
  }
})
