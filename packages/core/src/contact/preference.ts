import type { ClientIds } from '../ground/client-ids.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'

/**
 * Writes one contact's number outside a claim, with the locks in the claim's order: the row of `clientes`, the row of the
 * side table, then the lock of first contacts. `clientes` is only updated; a contact that is not in it is stored in the side
 * table.
 *
 * Parameters: $1 contact, $2 the contact as an id of clientes, $3 the number (null clears it), $4 whether the present one
 * must be $5. Returns whether it was written, and the present number.
 */
function writeStatement({ kind, sqlType, table }: ClientIds): Statement {
  const isClientesUsed = kind !== 'none'
  return statement(
    `write_preference_${kind}`,
    `with locked_client as materialized (
  select c.id, nullif(c.instancia_preferida, '') preferred from ${table} c where c.id = $2::${sqlType} ${isClientesUsed ? 'for no key update of c' : ''}),
locked_contact as materialized (
  select s.id, s.preferred_instance preferred from zapfleet.contacts s
  where s.id = $1::text and (select count(*) from locked_client) >= 0 for no key update of s),
first_contact as materialized (
  select zapfleet.lock_first_contact($1::text, $2::${sqlType}) preferred where (select count(*) from locked_contact) >= 0),
current as materialized (select coalesce((select min(preferred) from locked_client), (select preferred from locked_contact), (select preferred from first_contact)) preferred),
allowed as materialized (select 1 from current where not $4::bool or current.preferred is not distinct from $5::text),
updated_client as (${
      isClientesUsed
        ? `update public.clientes c set instancia_preferida = $3::text from allowed where c.id = $2::${sqlType} and c.id in (select id from locked_client) and c.instancia_preferida is distinct from $3::text returning 1`
        : 'select 1 where false'
    }),
inserted_contact as (
  insert into zapfleet.contacts (id, preferred_instance)
  select $1::text, $3::text from allowed where $3::text is not null and not exists (select from locked_client)
  on conflict (id) do update set preferred_instance = excluded.preferred_instance returning 1),
updated_contact as (
  update zapfleet.contacts s set preferred_instance = $3::text from allowed
  where s.id = $1::text and ($3::text is null or exists (select from locked_client)) and s.preferred_instance is distinct from $3::text returning 1)
select exists (select from allowed) written, (select preferred from current) present`,
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
