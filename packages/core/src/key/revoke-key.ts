import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import type { ApiKey } from './api-key.ts'
import type { KeyFleet } from './key-fleet.ts'
import { getKeys, unknownKey } from './list-keys.ts'

/** The database function locks, and changes rows in its own snapshots, so the keys are read by a second statement. */
const revokeStatement = statement(
  'revoke_key',
  `with ${INSTANT} select r.id from moment, zapfleet.revoke_key($2::text, moment.at, $3::boolean) r(id)`,
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
  const touched = await fleet.sql.run<{ id: string }>(revokeStatement, [fleet.clock(), id, alsoMade])
  const keys = await getKeys(
    fleet,
    touched.map((row) => row.id),
  )
  const key = keys.find((one) => one.id === id)
  if (!key) throw unknownKey(id)
  for (const one of keys) if (one.revokedAt !== null) fleet.keys.forget(one.id)
  return { ...key, made: keys.filter((one) => one !== key) }
}
