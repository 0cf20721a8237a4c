import { onDatabase } from '../db/on-database.ts'
import { statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { type ApiKey, KEY_COLUMNS, KEY_MOMENT, type KeyRow, toApiKey } from './api-key.ts'
import { unknownKey } from './list-keys.ts'

const revokeStatement = statement(
  'revoke_key',
  `with ${KEY_MOMENT},
a as (
  update zapfleet.api_keys x set revoked_at = coalesce(x.revoked_at, k.at) from k where x.id = $2 returning x.*)
select ${KEY_COLUMNS} from a, k`,
)

/**
 * Ends a key for good: at once in this process, within two seconds in all others. Again is fine, and changes nothing.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function revokeKey(fleet: Fleet, { id }: { id: string }): Promise<ApiKey> {
  const [row] = await onDatabase(() => fleet.sql.run<KeyRow>(revokeStatement, [fleet.clock(), id]))
  if (!row) throw unknownKey(id)
  fleet.keys.forget(id)
  return toApiKey(row)
}
