import type { ClientIds } from '../ground/client-ids.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'

/**
 * Writes one contact's number outside a claim, with the locks in the claim's order: the row of `clientes`, the side
 * table's, then the lock of first contacts. `clientes` is only updated; who is not in it lives in the side table.
 *
 * Parameters: $1 contact, $2 the contact as an id of clientes, $3 the number (null clears it), $4 whether the present one
 * must be $5. Answers whether it was written and the present number.
 */
function writeStatement({ kind, sqlType, table }: ClientIds): Statement {
  const isClientesUsed = kind !== 'none'
  return statement(
    `write_preference_${kind}`,
    `with lc as materialized (
  select c.id, nullif(c.instancia_preferida, '') pref from ${table} c where c.id = $2::${sqlType} ${isClientesUsed ? 'for no key update of c' : ''}),
ls as materialized (
  select s.id, s.preferred_instance pref from zapfleet.contacts s
  where s.id = $1::text and (select count(*) from lc) >= 0 for no key update of s),
lf as materialized (
  select zapfleet.lock_first_contact($1::text, $2::${sqlType}) pref where (select count(*) from ls) >= 0),
cur as materialized (select coalesce((select min(pref) from lc), (select pref from ls), (select pref from lf)) pref),
go as materialized (select 1 from cur where not $4::bool or cur.pref is not distinct from $5::text),
wc as (${
      isClientesUsed
        ? `update public.clientes c set instancia_preferida = $3::text from go where c.id = $2::${sqlType} and c.id in (select id from lc) and c.instancia_preferida is distinct from $3::text returning 1`
        : 'select 1 where false'
    }),
ws as (
  insert into zapfleet.contacts (id, preferred_instance)
  select $1::text, $3::text from go where $3::text is not null and not exists (select from lc)
  on conflict (id) do update set preferred_instance = excluded.preferred_instance returning 1),
cs as (
  update zapfleet.contacts s set preferred_instance = $3::text from go
  where s.id = $1::text and ($3::text is null or exists (select from lc)) and s.preferred_instance is distinct from $3::text returning 1)
select exists (select from go) written, (select pref from cur) present`,
  )
}

const statements = new Map<ClientIds['kind'], Statement>()

/** `only.ifIs`: compare-and-set. Returns the number that is stored afterwards. */
export async function writePreference(
  fleet: ContactFleet,
  contactId: string,
  instance: string | null,
  only?: { ifIs: string | null },
): Promise<{ written: boolean; present: string | null }> {
  const { clients, preferences, sql } = fleet
  const contact = clients.canonical(contactId)
  const write = statements.get(clients.kind) ?? writeStatement(clients)
  statements.set(clients.kind, write)
  const [row] = await sql.run<{ written: boolean; present: string | null }>(write, [
    contact,
    clients.fit(contact),
    instance,
    only !== undefined,
    only?.ifIs ?? null,
  ])
  const written = row?.written ?? false
  const present = written ? instance : (row?.present ?? null)
  preferences.set(contact, present)
  return { written, present }
}
