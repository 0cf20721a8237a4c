import { randomBytes } from 'node:crypto'

const ID_BYTES = 9
const SECRET_BYTES = 32
const ID = '[A-Za-z0-9-]{12}'
const WHOLE_ID = new RegExp(`^${ID}$`)
const SESSION = new RegExp(`^zf_session_(${ID})_[A-Za-z0-9_-]{43}$`)

/** A new session: `zf_session_<id>_<secret>`, of which the id is public and the secret 32 random bytes as base64url. */
export function makeSessionText(): { id: string; text: string } {
  const id = randomBytes(ID_BYTES).toString('base64url').replaceAll('_', '-')
  return { id, text: `zf_session_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` }
}

/** The id in a text that has the form of a session, or null. */
export function sessionIdIn(presented: string): string | null {
  return SESSION.exec(presented)?.[1] ?? null
}

/** Whether a text has the form of a session's id. */
export function isSessionId(text: string): boolean {
  return WHOLE_ID.test(text)
}
