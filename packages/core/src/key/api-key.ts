/** What a key may do: bots send, viewers read, admins do everything. */
export const KEY_ROLES = ['bot', 'viewer', 'admin'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

/** Whether a key is valid now, and if not, why. */
export const KEY_STATES = ['active', 'expired', 'revoked'] as const
export type KeyState = (typeof KEY_STATES)[number]

/** The holder of a key. The label names the key in logs and in the audit; the key itself is not stored. */
export type KeyHolder = {
  /** The public part of the key, or the variable of the environment that holds it. */
  id: string
  role: KeyRole
  label: string
  /** The id of the first key of the chain of rotations that it belongs to. Absent: its own id. */
  family?: string | undefined
}

/** A key as it may be shown. Instants are ISO 8601 in UTC. */
export type ApiKey = Omit<KeyHolder, 'family'> & {
  state: KeyState
  createdAt: string
  /** The label of the key that made it. */
  createdBy: string
  /** The id of the key that made it; null: not recorded. */
  createdByKey: string | null
  /** Null: it does not expire. */
  expiresAt: string | null
  revokedAt: string | null
  /** Up to half a minute behind; null: never used. */
  lastUsedAt: string | null
  /** The id of the key that this one took over from. */
  replaces: string | null
}

/** The key that makes another: its label, and its id where it has one in the database or the environment. */
export type KeyMaker = { label: string; id: string | null }

/** A row as `KEY_COLUMNS` reads it. */
export type KeyRow = {
  id: string
  role: KeyRole
  label: string
  state: KeyState
  created_at: Date
  created_by: string
  created_by_key: string | null
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
  replaces: string | null
}

/** The columns of `zapfleet.api_keys` under the alias `a`, with the state at the instant `moment.at`. The digest stays where it is. */
export const KEY_COLUMNS = `a.id, a.role, a.label, a.created_at, a.created_by, a.created_by_key, a.expires_at, a.revoked_at, a.last_used_at, a.replaces,
  case when a.revoked_at is not null then 'revoked' when a.expires_at <= moment.at then 'expired' else 'active' end state`

/** The keys that are valid at `moment.at`, under the alias `a`. */
export const IS_LIVE = 'a.revoked_at is null and (a.expires_at is null or a.expires_at > moment.at)'

/** A row as callers see it. */
export function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    role: row.role,
    label: row.label,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    createdByKey: row.created_by_key,
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    replaces: row.replaces,
  }
}
