import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { digestOf } from '../key/key-text.ts'
import { type Session, type SessionKey, type StoredSession, toSession } from './session.ts'
import type { SessionFleet } from './session-fleet.ts'
import { makeSessionText } from './session-text.ts'

/** A session ends this long after its sign-in, used or not. */
export const SESSION_SECONDS = 30 * 24 * 3_600
/** Sessions of one key. One more ends the one that was not used for longest. */
const SESSIONS_PER_KEY = 100

/**
 * Also removes sessions that ended and those that are too many. $2 id, $3 digest, $4 id of the key, $5 its digest, $6 seconds,
 * $7 address, $8 browser, $9 how many a key may have.
 */
const beginStatement = statement(
  'begin_session',
  `with ${INSTANT},
old as materialized (
  select x.id from zapfleet.sessions x, moment where x.expires_at <= moment.at
  union
  (select x.id from zapfleet.sessions x where x.key_id = $4::text
   order by coalesce(x.last_used_at, x.created_at) desc, x.id offset $9::int - 1)),
held as materialized (select x.id from zapfleet.sessions x where x.id in (select old.id from old) for update skip locked),
gone as (delete from zapfleet.sessions x using held where x.id = held.id),
begun as (
  insert into zapfleet.sessions (id, digest, key_id, key_digest, created_at, expires_at, address, browser)
  select $2::text, $3::bytea, $4::text, $5::bytea, moment.at, moment.at + $6::int * interval '1 second', $7::text, $8::text from moment
  returning *)
select s.id, s.created_at "createdAt", s.expires_at "expiresAt", s.last_used_at "lastUsedAt", s.address, s.browser from begun s`,
)

/**
 * Begins a session of a key, valid for 30 days and no longer than its key. `secret` is the whole session as the browser sends
 * it; it is stored nowhere and cannot be read again.
 *
 * @param from the masked address and the browser of the sign-in
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginSession(
  fleet: SessionFleet,
  key: SessionKey,
  from: { address: string; browser: string },
): Promise<{ session: Session; secret: string }> {
  const { id, text } = makeSessionText()
  const [row] = await fleet.sql.run<StoredSession>(beginStatement, [
    fleet.clock(),
    id,
    digestOf(text),
    key.id,
    key.digest,
    SESSION_SECONDS,
    from.address,
    from.browser,
    SESSIONS_PER_KEY,
  ])
  if (!row) throw new FleetError('UNEXPECTED', 'A session was inserted and not returned.')
  return { session: toSession(row), secret: text }
}
