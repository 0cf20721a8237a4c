import type { ClientIds } from '../ground/client-ids.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import type { ContactIds } from './contact-ids.ts'
import { clientsArray, formsText } from './contact-sql.ts'
import { BLOCKED, idsKeptChanging, MOST_STEPS } from './contact-state.ts'
import { readContact } from './read-contact.ts'

/**
 * Writes one contact's number outside a claim, with the locks in the claim's order: the rows of `clientes`, the row of the
 * side table, then the lock of new contacts. `clientes` is only updated; a contact that is not in it is stored in the side
 * table.
 *
 * Parameters: $1 contact, $2 the contact as an id of clientes, $3 the number (null clears it), $4 whether the present one
 * must be $5, $6 its ids in clientes where it may have several, as the text of an array. Returns whether it was written, and the present
 * state and number; nothing is written for a contact that is an id of another one.
 */
function writeStatement(clients: ClientIds): Statement {
  const { kind, sqlType: type, table } = clients
  const isClientesUsed = kind !== 'none'
  const ids = clientsArray(clients, `$2::${type}`, '$6::text')
  return statement(
    `write_preference_${kind}`,
    `with ids as materialized (select ${ids} clients, $6::text forms),
locked_client as materialized (
  select c.id, nullif(c.instancia_preferida, '') preferred from ${table} c
  where c.id = any((select ids.clients from ids)::${type}[]) ${isClientesUsed ? 'order by c.id for no key update of c' : ''}),
locked_contact as materialized (
  select s.id, s.state, s.preferred_instance preferred from zapfleet.contacts s
  where s.id = $1::text and (select count(*) from locked_client) >= 0 for no key update of s),
new_contact as materialized (
  select zapfleet.lock_new_contact($1::text, (select ids.clients from ids)::${type}[]) found where (select count(*) from locked_contact) >= 0),
current as materialized (
  select coalesce((select state from locked_contact), (select found[1] from new_contact)) state,
    coalesce((select min(preferred) from locked_client), (select preferred from locked_contact), (select found[2] from new_contact)) preferred),
allowed as materialized (
  select 1 from current where coalesce(current.state = '${BLOCKED}', true) and (not $4::bool or current.preferred is not distinct from $5::text)),
updated_client as (${
      isClientesUsed
        ? `update public.clientes c set instancia_preferida = $3::text from allowed where c.id in (select id from locked_client) and c.instancia_preferida is distinct from $3::text returning 1`
        : 'select 1 where false'
    }),
inserted_contact as (
  insert into zapfleet.contacts (id, preferred_instance, state)
  select $1::text, $3::text, current.state from allowed, current where $3::text is not null and not exists (select from locked_client)
  on conflict (id) do update set preferred_instance = excluded.preferred_instance returning 1),
updated_contact as (
  update zapfleet.contacts s set preferred_instance = $3::text from allowed
  where s.id = $1::text and ($3::text is null or exists (select from locked_client)) and s.preferred_instance is distinct from $3::text returning 1)
select exists (select from allowed) written, (select state from current) state, (select preferred from current) present`,
  )
}

const statements = new Map<ClientIds['kind'], Statement>()

type Written = { written: boolean; state: string | null; present: string | null }

/**
 * Writes the number of the contact of this id.
 *
 * @param contact the contact if it was read before
 * @param only `ifIs`: compare-and-set
 * @returns the number that is stored afterwards, and the key of the contact
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing the ids of the contact
 */
export async function writePreference(
  fleet: ContactFleet,
  id: string,
  instance: string | null,
  only?: { ifIs: string | null; contact: ContactIds },
): Promise<{ written: boolean; present: string | null; key: string }> {
  const { clients, preferences, sql } = fleet
  const write = statements.get(clients.kind) ?? writeStatement(clients)
  statements.set(clients.kind, write)
  let contact = only?.contact ?? (await readContact(fleet, id))
  for (let step = 1; step <= MOST_STEPS; step++) {
    const [row] = await sql.run<Written>(write, [
      contact.key,
      contact.client,
      instance,
      only !== undefined,
      only?.ifIs ?? null,
      formsText(contact.clients),
    ])
    const { written = false, state = null } = row ?? {}
    const present = written ? instance : (row?.present ?? null)
    if (state === null) preferences.set(contact.key, present)
    else preferences.forget(contact.key)
    if (written || state === null || state === BLOCKED) return { written, present, key: contact.key }
    contact = await readContact(fleet, id)
  }
  throw idsKeptChanging()
}
