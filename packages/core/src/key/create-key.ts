import { onDatabase } from '../db/on-database.ts'
import { statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import { type ApiKey, KEY_COLUMNS, KEY_MOMENT, type KeyRole, type KeyRow, toApiKey } from './api-key.ts'
import { digestOf, makeKeyText } from './key-text.ts'

/** Every process reads all keys that open the door each second, so there is an end to them. */
const LIVE_KEYS_MAX = 1_000

/** The keys that open the door at `k.at`, under the alias `a`. */
export const IS_LIVE = 'a.revoked_at is null and (a.expires_at is null or a.expires_at > k.at)'

/** $2 id, $3 digest, $4 role, $5 label, $6 who made it, $7 its end or null, $8 how many may live. One row: why not, or the key. */
const createStatement = statement(
  'create_key',
  `with ${KEY_MOMENT},
may as materialized (
  select coalesce($7::timestamptz <= k.at, false) is_past,
    (select count(*) from zapfleet.api_keys a where ${IS_LIVE}) >= $8::int is_full from k),
a as (
  insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by, expires_at)
  select $2::text, $3::bytea, $4::text, $5::text, k.at, $6::text, $7::timestamptz from k, may where not may.is_past and not may.is_full
  returning *)
select may.is_past, may.is_full, ${KEY_COLUMNS} from k cross join may left join a on true`,
)

export type NewKey = { role: KeyRole; label: string; expiresAt?: Date | null | undefined }

/**
 * Makes a key. `secret` is the whole key as its holder sends it; it is nowhere else and cannot be had again.
 *
 * @param createdBy the label of the key that makes it
 * @throws FleetError INVALID_INPUT when it would be expired already; INVALID_STATE when there are 1,000 keys that open the
 * door; DATABASE_UNAVAILABLE
 */
export async function createKey(
  fleet: Fleet,
  input: NewKey,
  createdBy: string,
): Promise<{ key: ApiKey; secret: string }> {
  const { role, label, expiresAt = null } = input
  const { id, text } = makeKeyText(role)
  const [row] = await onDatabase(() =>
    fleet.sql.run<KeyRow & { is_past: boolean; is_full: boolean }>(createStatement, [
      fleet.clock(),
      id,
      digestOf(text),
      role,
      label,
      createdBy,
      expiresAt,
      LIVE_KEYS_MAX,
    ]),
  )
  if (!row || row.is_past) throw alreadyPast(expiresAt)
  if (row.is_full) {
    const words = `There are ${LIVE_KEYS_MAX} keys that open the door, the most there may be. Revoke some that nobody uses.`
    throw new FleetError('INVALID_STATE', words)
  }
  await fleet.keys.refresh().catch(() => {})
  return { key: toApiKey(row), secret: text }
}

/** The refusal of an end that lies in the past. */
export function alreadyPast(expiresAt: Date | null): FleetError {
  const words = `expiresAt: expected an instant to come, or null for a key without an end, got ${expiresAt?.toISOString()}.`
  return new FleetError('INVALID_INPUT', words)
}
