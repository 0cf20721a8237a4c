import type { Ground } from '../ground/ground.ts'
import { parts } from '../ground/parts.ts'
import { statement } from '../ground/statement.ts'
import { ALL_CONTACTS, type ContactDrops, contactHash, HASH_LENGTH } from './contact-drops.ts'

/** Carries the hashes of contacts that changed, see contact-drops.ts. */
export const CONTACTS_CHANNEL = 'zapfleet_contacts'

/** PostgreSQL takes less than 8,000 bytes in one notification. */
const HASHES_AT_ONCE = Math.floor(7_900 / HASH_LENGTH)

/** The end of a statement that announces contacts: `parameter` has what `dropHere` returned. */
export const announceParameterSql = (parameter: string): string =>
  `select pg_notify('${CONTACTS_CHANNEL}', hashes) from unnest(${parameter}::text[]) hashes`

const notifyStatement = statement('announce_contacts', announceParameterSql('$1'))

/** For statements that change contacts, in SQL: announces and returns the hashes of a CTE with one row, all of them as one text. */
export const announceSql = (changed: string): string =>
  `(select hashes from ${changed}) hashes, (select pg_notify('${CONTACTS_CHANNEL}', hashes) from ${changed} where hashes <> '') announced`

/**
 * Makes every process drop what its caches hold of these contacts, after a change of their rows was committed. This process drops
 * them at once. A process that receives no notifications keeps its preferences, which each claim compares, and reads kinds anew.
 *
 * @param keys keys of contacts, see `contactKey`
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function announceContacts(
  { sql, drops }: Pick<Ground, 'sql'> & { readonly drops: ContactDrops },
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  await sql.run(notifyStatement, [dropHere(drops, keys)])
}

/**
 * The same of every contact, where many changed: each costs the next message to it one reading. This process drops them when it receives
 * the notification.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function announceAllContacts({ sql }: Pick<Ground, 'sql'>): Promise<void> {
  await sql.run(notifyStatement, [[ALL_CONTACTS]])
}

/** Drops the contacts in this process. Returns what a statement announces to the others. */
export function dropHere(drops: ContactDrops, keys: readonly string[]): string[] {
  const hashes = [...new Set(keys.map(contactHash))]
  drops.drop(hashes.join(''))
  return [...parts(hashes, HASHES_AT_ONCE)].map((some) => some.join(''))
}
