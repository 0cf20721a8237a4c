import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { columnOf, FIELDS } from '../src/instance/columns.ts'
import { testFleet } from './support/fleet.ts'

const { sql } = await testFleet()
const entries = FIELDS.map((field) => ({ field, ...columnOf(field) }))

it('every field has the column that schema.prisma maps it to', async () => {
  const schema = await readFile(join(import.meta.dirname, '../../../prisma/schema.prisma'), 'utf8')
  const [, model = ''] = /^model Instance \{([^}]*)\}/m.exec(schema) ?? []
  const mapped = [...model.matchAll(/^ {2}(\w+) +\w+\??(.*)$/gm)].map(([, field = '', rest = '']) => [
    field,
    /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field,
  ])
  expect(mapped.length).toBeGreaterThan(20)
  expect(Object.fromEntries(entries.map(({ field, column }) => [field, column]))).toEqual(
    Object.fromEntries(mapped),
  )
})

it('zapfleet.instance_facts stores exactly the columns that events have', async () => {
  await sql("insert into whatsapp_instances (nome) values ('a')")
  const stored = await sql(
    `select jsonb_object_keys(zapfleet.instance_facts(i)) as "column" from whatsapp_instances i where nome = 'a' order by 1`,
  )
  const columns = entries.filter(({ events }) => events).map(({ column }) => column)
  expect(stored.map(({ column }) => column)).toEqual(columns.sort())
})

it('an event has every column that a row is read with', () => {
  const missing = entries.filter(({ read, events }) => read !== 'no' && !events)
  expect(missing.map(({ field }) => field)).toEqual([])
})

it('null reads as the default of its column', async () => {
  const defaults = await sql(
    `select column_name as "column", column_default as "default" from information_schema.columns
     where table_schema = 'public' and table_name = 'whatsapp_instances' and column_default ~ '^[0-9]+$' and is_nullable = 'YES'`,
  )
  const wanted = entries.flatMap(({ column, nullAs }) =>
    nullAs === undefined ? [] : [[column, String(nullAs)]],
  )
  expect(Object.fromEntries(defaults.map((row) => [row.column, row.default]))).toEqual(
    Object.fromEntries(wanted),
  )
})
