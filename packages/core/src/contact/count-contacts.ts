import type { ClientIds } from '../ground/client-ids.ts'
import { readMoment } from '../ground/read-moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactCounts } from './contact-counts.ts'
import type { ContactFleet } from './contact-fleet.ts'

/**
 * By the type of `clientes.id`: `fits`, SQL that is true for the id `s.id` of a contact only when it may be one of clientes,
 * and `id`, that id in the type, null when it is none. The length of a uuid also lets the planner estimate that few ids are.
 */
const CLIENT_ID: Record<ClientIds['sqlType'], { fits: string; id: string }> = {
  text: { fits: 'true', id: 's.id' },
  uuid: {
    fits: 'length(s.id) = 36',
    id: "case when s.id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then s.id::uuid end",
  },
  bigint: {
    fits: 'length(s.id) <= 20',
    id: `case when s.id ~ '^(0|-?[1-9][0-9]{0,18})$' then
    case when s.id::numeric between -9223372036854775808 and 9223372036854775807 then s.id::bigint end end`,
  },
}

/**
 * A contact's number is the one in its row of clientes, else the one in the side table. Counts both tables by number, then
 * subtracts the contacts of the side table that have a number in clientes: only ids that can be ids of clientes are read
 * there. Needs ids that are unique in clientes.
 */
const countStatement = (type: ClientIds['sqlType']): Statement =>
  statement(
    `count_contacts_${type}`,
    `with possible_clients as materialized (
  select ${CLIENT_ID[type].id} id, s.preferred_instance preferred from zapfleet.contacts s
  where s.preferred_instance is not null and ${CLIENT_ID[type].fits})
select p.preferred as name, sum(p.contacts)::int contacts from (
  select c.instancia_preferida preferred, count(*) contacts from public.clientes c where c.instancia_preferida <> '' group by 1
  union all
  select s.preferred_instance, count(*) from zapfleet.contacts s where s.preferred_instance is not null group by 1
  union all
  select possible_clients.preferred, -count(*) from possible_clients join public.clientes c on c.id = possible_clients.id where c.instancia_preferida <> '' group by 1) p
group by p.preferred having sum(p.contacts) > 0 order by p.preferred`,
  )

/** The same where an adopted table may hold an id twice, or has ids of a type by which contacts cannot be looked up. */
const countAnyStatement = statement(
  'count_contacts',
  `with c as materialized (
  select c.id::text id, min(nullif(c.instancia_preferida, '')) preferred from public.clientes c where nullif(c.instancia_preferida, '') is not null group by 1)
select p.preferred as name, count(*)::int contacts from (
  select c.preferred from c
  union all
  select s.preferred_instance from zapfleet.contacts s
  where s.preferred_instance is not null and not exists (select from c where c.id = s.id)) p
group by p.preferred order by p.preferred`,
)

const uniqueStatement = statement(
  'has_unique_clients',
  `select exists (
  select from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
  where x.indrelid = 'public.clientes'::regclass and a.attname = 'id' and a.attnotnull
    and x.indisunique and x.indisvalid and x.indimmediate and x.indnkeyatts = 1 and x.indpred is null) is_unique`,
)

/**
 * How many contacts prefer each number, at most 15 s old.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export function countContacts(fleet: ContactFleet): Promise<ContactCounts> {
  return fleet.contactCounts.run(() => read(fleet))
}

async function read(fleet: ContactFleet): Promise<ContactCounts> {
  const { at } = await readMoment(fleet)
  const [ids] = await fleet.sql.run<{ is_unique: boolean }>(uniqueStatement, [])
  const { kind, sqlType } = fleet.clients
  const count = kind !== 'none' && ids?.is_unique ? countStatement(sqlType) : countAnyStatement
  const counts = await fleet.sql.run<{ name: string; contacts: number }>(count, [])
  return { countedAt: at.toISOString(), counts }
}
