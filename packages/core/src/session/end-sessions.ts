import { statement } from '../ground/statement.ts'
import type { SessionFleet } from './session-fleet.ts'
import { isSessionId } from './session-text.ts'

/** $1 id of the key, $2 id of a session or null for all of the key. */
const endStatement = statement(
  'end_sessions',
  `with held as materialized (
  select s.id from zapfleet.sessions s where s.key_id = $1::text and ($2::text is null or s.id = $2) order by s.id for update)
delete from zapfleet.sessions x using held where x.id = held.id returning x.id`,
)

/**
 * Ends one session of a key, or with null all of them: at once in this process, within two seconds in all others. A session
 * that ended before is no error.
 *
 * @returns the ids of the sessions that it ended
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function endSessions(
  fleet: SessionFleet,
  { keyId, sessionId }: { keyId: string; sessionId: string | null },
): Promise<string[]> {
  if (sessionId !== null && !isSessionId(sessionId)) return []
  const rows = await fleet.sql.run<{ id: string }>(endStatement, [keyId, sessionId])
  const ids = rows.map((row) => row.id)
  for (const id of ids) fleet.sessions.forget(id)
  return ids
}
