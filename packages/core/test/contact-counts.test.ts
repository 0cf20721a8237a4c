import { expect, it } from 'vitest'
import { countContacts } from '../src/index.ts'
import { adoptedFleet } from './support/adopted-fleet.ts'

const A = '0190a0b0-c0d0-7000-8000-00000000000'
/**
 * Ids of contacts as a side table can hold them: in clientes, in no client, and almost equal to an id of clientes.
 */
const SIDE = [
  ...Array.from({ length: 16 }, (_, n) => A + n.toString(16)),
  `${A}1`.toUpperCase(),
  `{${A.slice(1)}}`,
  `${A.slice(0, 35)}z`,
  'x'.repeat(36),
  ...['0', '-0', '1', '2', '3', '-4', '007', '+5', ' 6', '1e3', '1.0', '32768', '2147483648'],
  ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '99999999999999999999', '٣'],
  ...['', 'ana', '5511987650001', '120363041234567890@g.us'],
]
const TABLES = [
  { ids: 'uuid', column: 'uuid primary key', clients: SIDE.slice(0, 12) },
  {
    ids: 'text',
    column: 'text primary key',
    clients: ['ana', '0', '007', 'x'.repeat(36), `${A}1`, ' 6', ''],
  },
  { ids: 'varchar', column: 'varchar(60) not null unique', clients: ['ana', '٣', `${A}2`] },
  {
    ids: 'bigint',
    column: 'bigint primary key',
    clients: ['0', '1', '-4', '9223372036854775807', '-9223372036854775808', '1000'],
  },
  { ids: 'smallint', column: 'smallint primary key', clients: ['0', '1', '-4', '7'] },
  { ids: 'text, some of them twice', column: 'text', clients: ['ana', 'ana', '0', '1', '1', '2'] },
  {
    ids: 'numeric, which contacts are not looked up by',
    column: 'numeric primary key',
    clients: ['0', '1', '2'],
  },
]

it.each(TABLES)(
  'counts contacts by number where the ids of clientes are $ids',
  async ({ column, clients }) => {
    const { fleet, sql } = await adoptedFleet(column)

    // Every third has no number, as null or as an empty text.
    const numberOf = (n: number): string | null => (n % 3 ? `n${n % 4}` : n % 2 ? null : '')
    const expected = new Map<string, string>()
    for (const [n, id] of SIDE.entries()) {
      const number = numberOf(n) || null
      await sql('insert into zapfleet.contacts values ($1, $2)', [id, number])
      if (number) expected.set(id, number)
    }
    const inClients = new Map<string, string>()
    for (const [n, id] of clients.entries()) {
      const number = numberOf(n + 2)
      await sql('insert into public.clientes (id, instancia_preferida) values ($1, $2)', [id, number])
      const before = inClients.get(id)
      if (number && (before === undefined || number < before)) inClients.set(id, number)
    }
    for (const [id, number] of inClients) expected.set(id, number)
    const counts = new Map<string, number>()
    for (const number of expected.values()) counts.set(number, (counts.get(number) ?? 0) + 1)
    expect((await countContacts(fleet)).counts).toEqual(
      [...counts].sort().map(([name, contacts]) => ({ name, contacts })),
    )
  },
)
