import type { Session as SessionRow } from '../ground/generated/client.ts'

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

/** What is read of a session that is shown. */
export type StoredSession = Pick<
  SessionRow,
  'id' | 'createdAt' | 'expiresAt' | 'lastUsedAt' | 'address' | 'browser'
>

/** A stored session as callers receive it. */
export function toSession(session: StoredSession): Session {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    lastUsedAt: session.lastUsedAt?.toISOString() ?? null,
    address: session.address,
    browser: session.browser,
  }
}
