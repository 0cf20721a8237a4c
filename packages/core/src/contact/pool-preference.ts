import { statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'

/** $1 contact, $2 pool, $3 the number, $4 the stored one; null: none is stored. One row where it was written. */
const writeStatement = statement(
  'write_pool_preference',
  `insert into zapfleet.pool_contacts as p (contact_id, pool, preferred_instance) values ($1::text, $2::text, $3::text)
on conflict (contact_id, pool) do update set preferred_instance = excluded.preferred_instance where p.preferred_instance = $4::text
returning 1`,
)

/**
 * Stores the contact's number in a pool outside a claim, unless another one was stored meanwhile.
 *
 * @param contact its key
 * @param ifIs the number that was stored when it was read; null for none
 * @returns whether it was written
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function writePoolPreference(
  { sql, preferences }: Pick<ContactFleet, 'sql' | 'preferences'>,
  { contact, pool, instance, ifIs }: { contact: string; pool: string; instance: string; ifIs: string | null },
): Promise<boolean> {
  const rows = await sql.run(writeStatement, [contact, pool, instance, ifIs])
  if (rows.length > 0) preferences.set(contact, instance, undefined, pool)
  else preferences.forget(contact, pool)
  return rows.length > 0
}

/** $1 contact, $2 the number. */
const followStatement = statement(
  'follow_in_pools',
  `update zapfleet.pool_contacts p set preferred_instance = i.nome from public.whatsapp_instances i
where p.contact_id = $1::text and i.nome = $2::text and p.pool = any(i.etiquetas) and p.preferred_instance <> i.nome`,
)

/**
 * After the contact got this number: it is its number in every pool of the number, too. Null: the contact has no number in any pool.
 *
 * @param contact its key
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function followInPools(
  { sql }: Pick<ContactFleet, 'sql'>,
  contact: string,
  instance: string | null,
): Promise<void> {
  if (instance === null) await sql.prisma.poolContact.deleteMany({ where: { contactId: contact } })
  else await sql.run(followStatement, [contact, instance])
}
