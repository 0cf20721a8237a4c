import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { type ApiKey, KEY_COLUMNS, type KeyRow, toApiKey } from './api-key.ts'
import type { KeyFleet } from './key-fleet.ts'
import { unknownKey } from './list-keys.ts'

/** The database function reads and changes rows in its own snapshots, so its rows are read by a second statement. */
const revokeStatement = statement(
  'revoke_key',
  `with ${INSTANT} select r.id from moment, zapfleet.revoke_key($2::text, moment.at, $3::boolean) r(id)`,
)

const readStatement = statement(
  'read_revoked',
  `with ${INSTANT} select ${KEY_COLUMNS} from zapfleet.api_keys a, moment where a.id = any($2::text[]) order by a.created_at, a.id`,
)

export type KeyRevocation = {
  id: string
  /** Also revokes the active keys that this key made, the keys that those made, and so on. Default false. */
  alsoMade?: boolean | undefined
}

/** A revoked key, and the keys that were active and made by it, directly or through keys that it made. */
export type RevokedKey = ApiKey & { made: ApiKey[] }

/**
 * Revokes a key for good: at once in this process, within two seconds in all others. A repeated call changes nothing.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function revokeKey(
  fleet: KeyFleet,
  { id, alsoMade = false }: KeyRevocation,
): Promise<RevokedKey> {
  const clock = fleet.clock()
  const touched = await fleet.sql.run<{ id: string }>(revokeStatement, [clock, id, alsoMade])
  const ids = touched.map((row) => row.id)
  const rows = await fleet.sql.run<KeyRow>(readStatement, [clock, ids])
  const row = rows.find((one) => one.id === id)
  if (!row) throw unknownKey(id)
  for (const one of rows) if (one.revoked_at !== null) fleet.keys.forget(one.id)
  return { ...toApiKey(row), made: rows.filter((one) => one !== row).map(toApiKey) }
}
