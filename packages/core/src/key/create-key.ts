import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { type ApiKey, KEY_COLUMNS, type KeyMaker, type KeyRole, type StoredKey, toApiKey } from './api-key.ts'
import type { KeyFleet } from './key-fleet.ts'
import { poolsProblem } from './key-pools.ts'
import { digestOf, makeKeyText } from './key-text.ts'

/** Every process reads all valid keys each second, so their number is limited. */
export const LIVE_KEYS_MAX = 1_000

/** $2 id, $3 digest, $4 role, $5 label, $6 the label of its maker, $7 its end or null, $8 how many may live, $9 the id of its maker, $10 its pools. One row: why not, or the key. */
const createStatement = statement(
  'create_key',
  `with ${INSTANT},
permission as materialized (
  select coalesce($7::timestamptz <= moment.at, false) is_past,
    zapfleet.key_refusal($9::text, moment.at, $8::int) refusal from moment),
a as (
  insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by, expires_at, created_by_key, pools)
  select $2::text, $3::bytea, $4::text, $5::text, moment.at, $6::text, $7::timestamptz, $9::text, $10::text[] from moment, permission where not permission.is_past and permission.refusal is null
  returning *)
select permission.is_past, permission.refusal, ${KEY_COLUMNS} from moment cross join permission left join a on true`,
)

export type NewKey = {
  role: KeyRole
  label: string
  expiresAt?: Date | null | undefined
  /** The pools that the key is bound to, which need no number yet; null: the whole fleet. */
  pools?: readonly string[] | null | undefined
}

/**
 * Makes a key. `secret` is the whole key as its holder sends it; it is nowhere else and cannot be had again.
 *
 * @param maker the key that makes it
 * @throws FleetError INVALID_INPUT when it would be expired already, and for pools that it may not have; INVALID_STATE when 1,000 keys are active;
 * UNAUTHORIZED when its maker has ended; DATABASE_UNAVAILABLE
 */
export async function createKey(
  fleet: KeyFleet,
  input: NewKey,
  maker: KeyMaker,
): Promise<{ key: ApiKey; secret: string }> {
  const { role, label, expiresAt = null } = input
  const pools = input.pools ?? null
  const problem = poolsProblem(role, pools)
  if (problem !== null) throw new FleetError('INVALID_INPUT', problem)
  const { id, text } = makeKeyText(role)
  const [row] = await fleet.sql.run<StoredKey & { at: Date; is_past: boolean; refusal: KeyRefusal | null }>(
    createStatement,
    [
      fleet.clock(),
      id,
      digestOf(text),
      role,
      label,
      maker.label,
      expiresAt,
      LIVE_KEYS_MAX,
      maker.id,
      pools ?? [],
    ],
  )
  if (!row || row.is_past) throw alreadyPast(expiresAt)
  if (row.refusal !== null) throw keyRefused(row.refusal, LIVE_KEYS_MAX)
  await fleet.keys.refresh().catch(() => {})
  return { key: toApiKey(row, row.at), secret: text }
}

/** Why a key may not be made, as the database function `zapfleet.key_refusal` returns it. */
export type KeyRefusal = 'ended' | 'full'

/** The error of a key that may not be made. */
export function keyRefused(refusal: KeyRefusal, most: number): FleetError {
  if (refusal === 'ended')
    return new FleetError('UNAUTHORIZED', 'The key of this call ended. Make keys with a valid key.')
  return new FleetError(
    'INVALID_STATE',
    `${most} keys are active, the most there may be. Revoke unused keys.`,
  )
}

/** The refusal of an end that lies in the past. */
export function alreadyPast(expiresAt: Date | null): FleetError {
  const words = `expiresAt: expected an instant to come, or null for a key without an end, got ${expiresAt?.toISOString()}.`
  return new FleetError('INVALID_INPUT', words)
}
