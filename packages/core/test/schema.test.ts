import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testFleet } from './support/fleet.ts'

const { sql } = await testFleet()

/** The column of each scalar of the schema in a database that the migrations made. */
const TYPES: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Json: 'jsonb',
  Bytes: 'bytea',
  Boolean: 'boolean',
  DateTime: 'timestamp with time zone',
  '@db.Uuid': 'uuid',
  '@db.VarChar': 'character varying',
}

/**
 * Reads models and their columns out of schema.prisma; the migrations are SQL by hand, so only this test keeps the
 * two equal.
 */
async function modelsOfTheSchema(): Promise<Map<string, Map<string, string>>> {
  const text = await readFile(join(import.meta.dirname, '../../../prisma/schema.prisma'), 'utf8')
  const tables = new Map<string, Map<string, string>>()
  for (const [, body = ''] of text.matchAll(/^model \w+ \{([^}]*)\}/gm)) {
    const table = `${/@@schema\("(\w+)"\)/.exec(body)?.[1]}.${/@@map\("(\w+)"\)/.exec(body)?.[1]}`
    const columns = new Map<string, string>()
    for (const line of body.split('\n')) {
      const field = /^ {2}(\w+)\s+(\w+)(\?)?(.*)$/.exec(line)
      if (!field) continue
      const [, name = '', scalar = '', optional, rest = ''] = field
      const native = Object.keys(TYPES).find((key) => key.startsWith('@') && rest.includes(key)) ?? scalar
      const type = rest.startsWith('[]') ? 'ARRAY' : TYPES[native]
      columns.set(/@map\("(\w+)"\)/.exec(rest)?.[1] ?? name, `${type}${optional ? ' null' : ''}`)
    }
    tables.set(table, columns)
  }
  return tables
}

it('schema.prisma has exactly what the migrations make', async () => {
  const rows = (await sql(
    `select table_schema || '.' || table_name as "table", column_name as "column", data_type || case is_nullable when 'YES' then ' null' else '' end as type
     from information_schema.columns where table_schema in ('public', 'zapfleet') and table_name <> '_prisma_migrations'`,
  )) as unknown as { table: string; column: string; type: string }[]
  const real = new Map<string, Map<string, string>>()
  for (const { table, column, type } of rows) {
    // The id of whatsapp_instances belongs to another program in production, so no model reads it.
    if (table === 'public.whatsapp_instances' && column === 'id') continue
    real.set(table, (real.get(table) ?? new Map()).set(column, type))
  }
  const sorted = (tables: Map<string, Map<string, string>>): unknown =>
    Object.fromEntries(
      [...tables].sort().map(([table, columns]) => [table, Object.fromEntries([...columns].sort())]),
    )
  expect(sorted(await modelsOfTheSchema())).toEqual(sorted(real))
})

it('processes of the release before servers find health_round as one row, also beside several servers', async () => {
  await sql("insert into zapfleet.server_rounds (server, started_at) values ('default', now()), ('b', now())")
  for (let round = 1; round <= 2; round++)
    await sql(`insert into zapfleet.health_round (started_at) values (now()) on conflict (single) do update
      set started_at = greatest(health_round.started_at, excluded.started_at)`)
  await sql(`insert into zapfleet.health_round (started_at, grace_until) values (now(), now())
    on conflict (single) do update set grace_until = excluded.grace_until`)
  expect(await sql('select (select started_at from zapfleet.health_round) is not null as read')).toEqual([
    { read: true },
  ])
})
