import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKindCache } from '../src/contact/kind-cache.ts'
import { createPreferenceCache } from '../src/contact/preference-cache.ts'
import type { Statement } from '../src/ground/statement.ts'
import { confirmReservation, type Fleet, releaseReservation, reserve } from '../src/index.ts'
import { createCompleter } from '../src/reservation/completer.ts'
import { Engine } from '../src/reservation/engine.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const BATCH = 256
const { fleet, sql, clock, url } = await testFleet()
const names = Array.from({ length: BATCH }, (_, index) => `n${index}`)

/** Configured like the hot connections of a fleet. */
const client = new pg.Client({
  connectionString: url,
  options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off',
})

type Node = {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  Plans?: Node[]
}

/** By the name of the statement: rows of its busiest plan node, loops counted, for each item of its longest array. */
const busiest = new Map<string, { items: number; perItem: number; node: string }>()

function nodes(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodes)]
}

function literal(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Date) return `'${value.toISOString()}'`
  if (Array.isArray(value))
    return `'{${value.map((item) => (item === null ? 'null' : JSON.stringify(String(item instanceof Date ? item.toISOString() : item)))).join(',')}}'`
  return `'${String(value).replaceAll("'", "''")}'`
}

let turn: Promise<unknown> = Promise.resolve()

/** Runs the statement with EXPLAIN ANALYZE by its generic plan and rolls it back, one at a time. */
function explained(statement: Statement, values: unknown[]): Promise<void> {
  const items = Math.max(0, ...values.map((value) => (Array.isArray(value) ? value.length : 0)))
  const look = async (): Promise<void> => {
    await client.query('begin')
    await client.query(`prepare s as ${statement.text}`)
    const { rows } = await client.query(
      `explain (analyze, timing off, format json) execute s (${values.map(literal).join(', ')})`,
    )
    await client.query('deallocate s')
    await client.query('rollback')
    for (const node of nodes(rows[0]['QUERY PLAN'][0].Plan)) {
      // It returns entries of rows that were rolled back, too.
      if (node['Node Type'] === 'Bitmap Index Scan') continue
      const handled =
        (node['Actual Rows'] +
          (node['Rows Removed by Filter'] ?? 0) +
          (node['Rows Removed by Join Filter'] ?? 0)) *
        node['Actual Loops']
      const before = busiest.get(statement.name)
      if (handled / items > (before?.perItem ?? 0))
        busiest.set(statement.name, { items, perItem: handled / items, node: node['Node Type'] })
    }
  }
  const done = turn.then(() => (items >= BATCH / 4 ? look() : undefined))
  turn = done.catch(() => undefined)
  return done
}

const explaining: Fleet['sql'] = {
  ...fleet.sql,
  async runCount(statement, values) {
    await explained(statement, values)
    return fleet.sql.runCount(statement, values)
  },
  async runClaim(statement, values) {
    await explained(statement, [...values, null])
    return fleet.sql.runClaim(statement, values)
  },
}
const ground = { ...fleet, sql: explaining }
const kinds = createKindCache()
const preferences = createPreferenceCache(ground, undefined, kinds)
const engine = new Engine(ground, { preferences, kinds, release: async () => {} })
const settler = (to: 'released' | 'confirmed') => createCompleter(ground, engine.snapshot.pools, to)
const watched: Fleet = {
  ...fleet,
  sql: explaining,
  preferences,
  engine,
  releases: settler('released'),
  confirms: settler('confirmed'),
}

beforeAll(async () => {
  await client.connect()
  // The statistics are part of each history: an analysis during a slow run would make another one of it.
  const { rows } = await client.query(
    `select relid::regclass::text "table" from pg_stat_user_tables where schemaname in ('public', 'zapfleet')`,
  )
  for (const { table } of rows) await client.query(`alter table ${table} set (autovacuum_enabled = off)`)
})
afterAll(async () => {
  await engine.stop()
  await client.end()
})

/** The planner's statistics of the tables; they decide which CTE it expects to return one row. */
const HISTORIES = [
  { state: 'empty tables', reservations: 0, removed: 0, contacts: 0, sql: "null, 'reserved'" },
  {
    state: 'reservations without owners',
    reservations: 20_000,
    removed: 0,
    contacts: 20_000,
    sql: "null, 'reserved'",
  },
  {
    state: 'completed reservations with owners',
    reservations: 20_000,
    removed: 0,
    contacts: 20_000,
    sql: "'key-' || n % 3, case n % 50 when 0 then 'reserved' else 'confirmed' end",
  },
  {
    state: 'more removed instances than others',
    reservations: 20_000,
    removed: 5_000,
    contacts: 0,
    sql: "case n % 2 when 0 then 'key' end, 'released'",
  },
]

it.each(HISTORIES)(
  'no plan of a batch compares each item with each other one: $state',
  async (history) => {
    busiest.clear()
    clock.at = null
    await clearFleet(sql)
    await addInstances(sql, names, { hour: 10_000, day: 10_000 })
    await sql(
      `insert into whatsapp_instances (nome, removida_em) select 'gone' || n, now() from generate_series(1, $1::int) n`,
      [history.removed],
    )
    await sql(
      `insert into zapfleet.reservations (id, instance_name, strategy, preference, owner, state, hour_window, day_window, reserved_at)
     select uuidv7(n * interval '1 second' - interval '1 day'), 'n' || n % $1::int, 'sticky', 'none', ${history.sql}, now(), now(), now() from generate_series(1, $2::int) n`,
      [BATCH, history.reservations],
    )
    await sql("insert into zapfleet.contacts select 'old' || n, 'n1' from generate_series(1, $1::int) n", [
      history.contacts,
    ])
    await sql("insert into clientes (id) select 'client' || n from generate_series(1, $1::int) n", [
      history.contacts + 4 * BATCH,
    ])
    if (history.reservations > 0) await sql('analyze')
    await engine.snapshot.refresh()

    // The engine caches contacts: each history has its own.
    const shift = HISTORIES.indexOf(history) * BATCH
    const many = <Answer>(one: (index: number) => Promise<Answer>): Promise<Answer[]> =>
      Promise.all(Array.from({ length: BATCH }, (_, index) => one(index)))
    const reserves = (round: string, contact: string) =>
      many((index) =>
        reserve(
          watched,
          {
            contactId: `${contact}${index + shift}`,
            strategy: index % 2 ? 'sticky' : 'round_robin',
            idempotencyKey: `${round}-${index}`,
          },
          { deadlineMs: 60_000, owner: `key-${index % 3}` },
        ),
      )
    const first = await reserves('a', 'client')
    const second = await reserves('b', 'client')
    await reserves('c', 'new')
    await many((index) => reserve(watched, { contactId: `client${index + shift}` }, { deadlineMs: 60_000 }))
    await reserves('b', 'client')
    // Contacts with a number in the cache, whose kinds are not remembered.
    const olds = Array.from({ length: BATCH }, (_, index) => `old${index + shift + 1}`)
    await preferences.read(olds.map((contact) => ({ contact, client: contact, clients: null })))
    for (const contact of olds) kinds.forget(contact)
    await many((index) => reserve(watched, { contactId: `old${index + shift + 1}` }, { deadlineMs: 60_000 }))
    const released = await many((index) =>
      releaseReservation(watched, { id: first[index]?.id ?? '' }, index % 5 ? `key-${index % 3}` : null),
    )
    const confirmed = await many((index) =>
      confirmReservation(watched, { id: second[index]?.id ?? '' }, `key-${index % 3}`),
    )
    clock.at = new Date(Date.now() + 25 * 3_600_000)
    // Half of these contacts move, and the kinds of all are read by the claim.
    for (let index = 0; index < BATCH; index++) kinds.forget(`client${index + shift}`)
    await reserves('b', 'client')

    expect(new Set([...released, ...confirmed].map((one) => one.state))).toEqual(
      new Set(['released', 'confirmed']),
    )
    const seen = [...busiest.keys()]
      .map((name) => name.replace(/^zapfleet_|_text|_[0-9a-f]{12}$/g, ''))
      .sort()
    expect(seen).toEqual(
      expect.arrayContaining([
        'claim_move_conversations_keyed',
        'claim_stay_nothing',
        'claim_stay_nothing_keyed',
        ...(history.contacts > 0 ? ['claim_stay_conversations'] : []),
        'confirm',
        'expire_keys',
        'read_keys',
        'read_contacts',
        'release',
      ]),
    )
    expect([...busiest].filter(([, { perItem }]) => perItem > 4)).toEqual([])
  },
  60_000,
)
