import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { SESSION_COLUMNS, type Session, type SessionRow, toSession } from './session.ts'
import type { SessionFleet } from './session-fleet.ts'

/** $2 id of a session. */
const listStatement = statement(
  'list_sessions',
  `with ${INSTANT}
select ${SESSION_COLUMNS} from zapfleet.sessions own join zapfleet.sessions s using (key_id, key_digest), moment
where own.id = $2::text and s.expires_at > moment.at
order by coalesce(s.last_used_at, s.created_at) desc, s.id`,
)

/** The sessions of the key that a session belongs to, itself included, the last used first. @throws FleetError DATABASE_UNAVAILABLE */
export async function listSessions(fleet: SessionFleet, sessionId: string): Promise<Session[]> {
  // Uses in this process are written every 30 s only.
  await fleet.sessions.writeLastUses().catch(() => {})
  const rows = await fleet.sql.run<SessionRow>(listStatement, [fleet.clock(), sessionId])
  return rows.map(toSession)
}
