import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { type ApiKey, IS_LIVE, KEY_COLUMNS, type KeyMaker, type StoredKey, toApiKey } from './api-key.ts'
import { alreadyPast, type KeyRefusal, keyRefused, LIVE_KEYS_MAX } from './create-key.ts'
import type { KeyFleet } from './key-fleet.ts'
import { digestOf, makeKeyText } from './key-text.ts'
import { getKey } from './list-keys.ts'

/** How long the old key stays valid by default. */
export const GRACE_SECONDS = 24 * 3_600
/** Active keys up to which keys may be rotated: all that may exist, each once within its grace. */
const ROTATED_KEYS_MAX = 2 * LIVE_KEYS_MAX
/** A grace that is longer is forgotten. */
export const GRACE_SECONDS_MAX = 30 * 24 * 3_600

/**
 * Both halves in one statement, so that there is never one without the other. $2 the old id, $3 the new one, $4 its digest,
 * $5 the label of its maker, $6 whether its end is given, $7 the end, $8 seconds of grace, $9 how many keys may be active, $10 the id of its maker. Without an end that is given, it lives as long
 * as the old one was meant to.
 */
const rotateStatement = statement(
  'rotate_key',
  `with ${INSTANT},
permission as materialized (select zapfleet.key_refusal($10::text, moment.at, $9::int) refusal from moment),
old as materialized (
  select a.* from zapfleet.api_keys a, moment, permission where permission.refusal is null and a.id = $2::text and ${IS_LIVE} and ($7::timestamptz is null or $7::timestamptz > moment.at)
  for update of a),
made as (
  insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by, expires_at, replaces, created_by_key, family, pools)
  select $3::text, $4::bytea, o.role, o.label, moment.at, $5::text,
    case when $6::bool then $7::timestamptz else moment.at + (o.expires_at - o.created_at) end, o.id, $10::text, coalesce(o.family, o.id), o.pools
  from old o, moment returning *),
ended as (
  update zapfleet.api_keys x set expires_at = least(x.expires_at, moment.at + $8::int * interval '1 second')
  from old o, moment where x.id = o.id returning x.*)
select true is_new, permission.refusal, ${KEY_COLUMNS} from moment cross join permission left join made a on true
union all select false, permission.refusal, ${KEY_COLUMNS} from permission, ended a, moment`,
)

export type KeyRotation = {
  id: string
  /** How long the old key stays valid, in seconds; default a day, at most 30 days. 0: it ends at once. */
  graceSeconds?: number | undefined
  /** When the new key ends; null: never; absent: it lasts as long as the old one was meant to. */
  expiresAt?: Date | null | undefined
}

/**
 * Makes a key with the role, the label and the pools of another, which ends after a grace period, so that its users can change to the
 * new one and no call fails. `secret` is returned here and never again.
 *
 * @throws FleetError NOT_FOUND; INVALID_STATE when the old key has ended already; INVALID_INPUT when the new one would have;
 * DATABASE_UNAVAILABLE
 */
export async function rotateKey(
  fleet: KeyFleet,
  input: KeyRotation,
  maker: KeyMaker,
): Promise<{ key: ApiKey; secret: string; replaced: ApiKey }> {
  const { id: oldId, graceSeconds = GRACE_SECONDS, expiresAt } = input
  const old = await getKey(fleet, { id: oldId })
  const { id, text } = makeKeyText(old.role)
  const rows = await fleet.sql.run<StoredKey & { at: Date; is_new: boolean; refusal: KeyRefusal | null }>(
    rotateStatement,
    [
      fleet.clock(),
      oldId,
      id,
      digestOf(text),
      maker.label,
      expiresAt !== undefined,
      expiresAt ?? null,
      Math.max(0, Math.min(GRACE_SECONDS_MAX, Math.round(graceSeconds))),
      ROTATED_KEYS_MAX,
      maker.id,
    ],
  )
  const refusal = rows[0]?.refusal ?? null
  if (refusal !== null) throw keyRefused(refusal, ROTATED_KEYS_MAX)
  const made = rows.find((row) => row.is_new && row.id !== null)
  const replaced = rows.find((row) => !row.is_new)
  if (!made || !replaced) throw await whyNot(fleet, oldId, expiresAt ?? null)
  await fleet.keys.refresh().catch(() => {})
  return { key: toApiKey(made, made.at), secret: text, replaced: toApiKey(replaced, replaced.at) }
}

async function whyNot(fleet: KeyFleet, id: string, expiresAt: Date | null): Promise<FleetError> {
  const { state } = await getKey(fleet, { id })
  if (state === 'active') return alreadyPast(expiresAt)
  return new FleetError(
    'INVALID_STATE',
    `The key "${id}" is ${state}, so nothing can take over from it. Make a new one with key.create.`,
  )
}
