import type { ApiKey as ApiKeyRow } from '../ground/generated/client.ts'

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
  /** The pools that the key is bound to: it sees and uses the numbers of these alone. Absent: the whole fleet. */
  pools?: readonly string[] | undefined
}

/** A key as it may be shown. Instants are ISO 8601 in UTC. */
export type ApiKey = Omit<KeyHolder, 'family' | 'pools'> & {
  /** The pools that it is bound to; null: the whole fleet. */
  pools: string[] | null
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

/** A key as it is stored, without its digest. */
export type StoredKey = Omit<ApiKeyRow, 'digest' | 'family'>

/** `StoredKey` and `at`, the moment of the statement, of `zapfleet.api_keys` under the alias `a`. The digest is not read. */
export const KEY_COLUMNS = `a.id, a.role, a.label, a.created_at "createdAt", a.created_by "createdBy", a.created_by_key "createdByKey",
  a.expires_at "expiresAt", a.revoked_at "revokedAt", a.last_used_at "lastUsedAt", a.replaces, a.pools, moment.at`

/** The keys that are valid at `moment.at`, under the alias `a`. */
export const IS_LIVE = 'a.revoked_at is null and (a.expires_at is null or a.expires_at > moment.at)'

/** A stored key as callers receive it, with its state at the instant `at`. */
export function toApiKey(key: StoredKey, at: Date): ApiKey {
  return {
    id: key.id,
    role: key.role as KeyRole,
    label: key.label,
    pools: key.pools.length === 0 ? null : key.pools,
    state: stateAt(key, at),
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    createdByKey: key.createdByKey,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    replaces: key.replaces,
  }
}

function stateAt({ revokedAt, expiresAt }: StoredKey, at: Date): KeyState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= at ? 'expired' : 'active'
}
