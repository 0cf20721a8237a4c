/** A sign-in of a browser, as it may be shown. Instants are ISO 8601 in UTC. */
export type Session = {
  /** The public part of the session. */
  id: string
  createdAt: string
  expiresAt: string
  /** Up to a minute behind; null: not used yet. */
  lastUsedAt: string | null
  /** The address of the sign-in, masked. */
  address: string
  /** The browser and its system, as far as they are recognised. */
  browser: string
}

/** The key of a session. */
export type SessionKey = { id: string; digest: Buffer }

/** A row as `SESSION_COLUMNS` reads it. */
export type SessionRow = {
  id: string
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
  address: string
  browser: string
}

/** The columns of `zapfleet.sessions` that may be shown, under the alias `s`. */
export const SESSION_COLUMNS = 's.id, s.created_at, s.expires_at, s.last_used_at, s.address, s.browser'

/** A row as callers receive it. */
export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    address: row.address,
    browser: row.browser,
  }
}
