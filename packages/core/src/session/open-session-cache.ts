import { timingSafeEqual } from 'node:crypto'
import type { Log } from '../ground/log.ts'
import { INSTANT } from '../ground/moment.ts'
import type { Database } from '../ground/open-database.ts'
import { statement } from '../ground/statement.ts'
import { KNOWN_WITHOUT_DATABASE_MS, keepCurrent, storeLastUses } from '../key/keep-current.ts'
import type { SessionKey } from './session.ts'

/** A session that was not used for this long is read again at its next use. */
const IN_USE_MS = 60_000

/** The sessions in use in one process. It reads nothing before the first call. */
export type SessionCache = {
  /**
   * The key of the session with this id and digest, or null. Sessions in use are answered from memory. Whether the key still
   * is valid is for the caller to check.
   *
   * @throws FleetError DATABASE_UNAVAILABLE when the session is not known and the database cannot be read
   */
  find(id: string, digest: Buffer): SessionKey | null | Promise<SessionKey | null>
  /** Ends a session in this process at once. */
  forget(id: string): void
  /** Stores when sessions were last used in this process. */
  writeLastUses(): Promise<void>
  close(): Promise<void>
}

type Known = {
  digest: Buffer
  key: SessionKey
  endsAtMs: number
  readAtMs: number
  usedAtMs: number
  isUseStored: boolean
}

type Row = { id: string; digest: Buffer; key_id: string; key_digest: Buffer; ends_in_ms: number }

const readStatement = statement(
  'live_sessions',
  `with ${INSTANT}
select s.id, s.digest, s.key_id, s.key_digest, extract(epoch from s.expires_at - moment.at)::float8 * 1000 ends_in_ms
from zapfleet.sessions s, moment where s.id = any($2::text[]) and s.expires_at > moment.at`,
)

/** @param nowMs a monotonic clock; for tests */
export function openSessionCache(parts: {
  sql: Pick<Database, 'run'>
  clock: () => Date | null
  log: Log
  nowMs?: () => number
}): SessionCache {
  const { sql, clock, log, nowMs = () => performance.now() } = parts
  const known = new Map<string, Known>()
  const forgotten = new Set<string>()
  let wanted = new Set<string>()

  const read = async (): Promise<void> => {
    const startedAtMs = nowMs()
    for (const [id, session] of known) {
      if (startedAtMs - session.usedAtMs > IN_USE_MS && session.isUseStored) known.delete(id)
      else wanted.add(id)
    }
    const ids = [...wanted]
    wanted = new Set()
    // Their rows are deleted, so a query that starts now does not find them.
    const removed = [...forgotten]
    const rows = ids.length === 0 ? [] : await sql.run<Row>(readStatement, [clock(), ids])
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const id of ids) {
      const row = found.get(id)
      if (row === undefined || forgotten.has(id)) known.delete(id)
      else keep(row, startedAtMs)
    }
    for (const id of removed) forgotten.delete(id)
  }

  const keep = (row: Row, startedAtMs: number): void => {
    const before = known.get(row.id)
    known.set(row.id, {
      digest: row.digest,
      key: { id: row.key_id, digest: row.key_digest },
      // Counted from before the query: a session ends early by a moment rather than late.
      endsAtMs: startedAtMs + row.ends_in_ms,
      readAtMs: startedAtMs,
      usedAtMs: before?.usedAtMs ?? startedAtMs,
      isUseStored: before?.isUseStored ?? true,
    })
  }

  const keyOf = (id: string, digest: Buffer): SessionKey | null => {
    const session = known.get(id)
    const atMs = nowMs()
    if (!session || !timingSafeEqual(session.digest, digest) || atMs >= session.endsAtMs) return null
    session.usedAtMs = atMs
    session.isUseStored = false
    return session.key
  }

  const lookUp = async (id: string, digest: Buffer): Promise<SessionKey | null> => {
    wanted.add(id)
    await upkeep.refresh()
    return keyOf(id, digest)
  }

  const writeLastUses = async (): Promise<void> => {
    const used = [...known].filter(([, session]) => !session.isUseStored)
    for (const [, session] of used) session.isUseStored = true
    const uses = used.map(([id, { usedAtMs }]) => ({ id, usedAtMs }))
    await storeLastUses({ sql, clock, nowMs }, 'sessions', uses)
  }

  const upkeep = keepCurrent({
    what: 'sessions',
    read,
    writeLastUses,
    onMissedRead: (error) => log.debug({ err: error }, 'sessions could not be read'),
    nowMs,
    log,
  })
  return {
    find(id, digest) {
      upkeep.start()
      const session = known.get(id)
      const isCurrent = session !== undefined && nowMs() - session.readAtMs < KNOWN_WITHOUT_DATABASE_MS
      return isCurrent ? keyOf(id, digest) : lookUp(id, digest)
    },
    forget(id) {
      forgotten.add(id)
      known.delete(id)
    },
    writeLastUses,
    close: upkeep.close,
  }
}
