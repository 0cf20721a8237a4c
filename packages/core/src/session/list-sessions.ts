import { readInstant } from '../ground/read-moment.ts'
import { type Session, type StoredSession, toSession } from './session.ts'
import type { SessionFleet } from './session-fleet.ts'

/** The sessions of the key that a session belongs to, itself included, the last used first. @throws FleetError DATABASE_UNAVAILABLE */
export async function listSessions(fleet: SessionFleet, sessionId: string): Promise<Session[]> {
  // Uses in this process are written every 30 s only.
  await fleet.sessions.writeLastUses().catch(() => {})
  const { session } = fleet.sql.prisma
  const [at, own] = await Promise.all([
    readInstant(fleet),
    session.findUnique({ where: { id: sessionId }, select: { keyId: true, keyDigest: true } }),
  ])
  if (own === null) return []
  const sessions = await session.findMany({
    where: { ...own, expiresAt: { gt: at } },
    omit: { digest: true, keyDigest: true },
    orderBy: { id: 'asc' },
  })
  return sessions.sort((one, other) => usedAtMs(other) - usedAtMs(one)).map(toSession)
}

/** When a session was last used, or else began; milliseconds since 1970. */
const usedAtMs = ({ lastUsedAt, createdAt }: StoredSession): number => (lastUsedAt ?? createdAt).getTime()
