import { timingSafeEqual } from 'node:crypto'
import { toFleetError } from '../ground/database-error.ts'
import type { FleetError } from '../ground/fleet-error.ts'
import type { Log } from '../ground/log.ts'
import { INSTANT } from '../ground/moment.ts'
import type { Database } from '../ground/open-database.ts'
import { statement } from '../ground/statement.ts'
import { IS_LIVE, type KeyHolder, type KeyRole } from './api-key.ts'
import { KNOWN_WITHOUT_DATABASE_MS, keepCurrent, READ_EVERY_MS, storeLastUses } from './keep-current.ts'

/** The valid keys in the memory of one process. It reads nothing before the first call. */
export type KeyCache = {
  /**
   * The holder of the key with this id and digest, or null. Cached keys are answered from memory; others are read from the
   * database, at most ten times a second however many there are.
   *
   * @throws FleetError DATABASE_UNAVAILABLE when the key is not cached and the database cannot be read
   */
  find(id: string, digest: Buffer): KeyHolder | null | Promise<KeyHolder | null>
  /** Reads all keys again. */
  refresh(): Promise<void>
  /** Stops knowing a key at once, and for good. */
  forget(id: string): void
  /** Writes down when keys were last used in this process. */
  writeLastUses(): Promise<void>
  close(): Promise<void>
}

type Known = { digest: Buffer; holder: KeyHolder; endsAtMs: number; usedAtMs: number | null }

const readStatement = statement(
  'live_keys',
  `with ${INSTANT}
select a.id, a.digest, a.role, a.label, coalesce(a.family, a.id) family, a.pools, extract(epoch from a.expires_at - moment.at)::float8 * 1000 ends_in_ms
from zapfleet.api_keys a, moment where ${IS_LIVE}`,
)

/** @param nowMs a monotonic clock; for tests */
export function openKeyCache(parts: {
  sql: Pick<Database, 'run'>
  clock: () => Date | null
  log: Log
  nowMs?: () => number
}): KeyCache {
  const { sql, clock, log, nowMs = () => performance.now() } = parts
  let known = new Map<string, Known>()
  const forgotten = new Set<string>()
  let readAtMs = Number.NEGATIVE_INFINITY
  let failed: { atMs: number; error: FleetError } | null = null

  const read = async (): Promise<void> => {
    const startedAtMs = nowMs()
    try {
      const rows = await sql.run<{
        id: string
        digest: Buffer
        role: KeyRole
        label: string
        family: string
        pools: string[]
        ends_in_ms: number | null
      }>(readStatement, [clock()])
      const fresh = new Map<string, Known>()
      for (const { id, digest, role, label, family, pools, ends_in_ms: endsInMs } of rows) {
        if (forgotten.has(id)) continue
        // Counted from before the query: a key ends early by a moment rather than late.
        const endsAtMs = endsInMs === null ? Number.POSITIVE_INFINITY : startedAtMs + endsInMs
        const usedAtMs = known.get(id)?.usedAtMs ?? null
        const holder = { id, role, label, family, ...(pools.length > 0 && { pools }) }
        fresh.set(id, { digest, holder, endsAtMs, usedAtMs })
      }
      known = fresh
      readAtMs = startedAtMs
      if (failed) log.info({}, 'keys are read again')
      failed = null
    } catch (error) {
      const failure = toFleetError(error)
      if (!failed)
        log.warn({ err: failure }, 'keys could not be read; those that are known stay known for a while')
      failed = { atMs: nowMs(), error: failure }
      throw failure
    }
  }

  const holderOf = (id: string, digest: Buffer): KeyHolder | null => {
    const key = known.get(id)
    const atMs = nowMs()
    if (!key || !timingSafeEqual(key.digest, digest) || atMs >= key.endsAtMs) return null
    key.usedAtMs = atMs
    return key.holder
  }

  const askFor = async (id: string, digest: Buffer): Promise<KeyHolder | null> => {
    // A database that failed a moment ago is not waited for.
    if (failed && nowMs() - failed.atMs < READ_EVERY_MS) throw failed.error
    await upkeep.refresh()
    return holderOf(id, digest)
  }

  const writeLastUses = async (): Promise<void> => {
    const uses = [...known.values()].flatMap(({ holder, usedAtMs }) =>
      usedAtMs === null ? [] : [{ id: holder.id, usedAtMs }],
    )
    for (const key of known.values()) key.usedAtMs = null
    await storeLastUses({ sql, clock, nowMs }, 'api_keys', uses)
  }

  const upkeep = keepCurrent({ what: 'keys', read, writeLastUses, nowMs, log })
  return {
    find(id, digest) {
      upkeep.start()
      const isCurrent = nowMs() - readAtMs < KNOWN_WITHOUT_DATABASE_MS
      // An id is given once, so a cached id with another digest is wrong for good.
      if (isCurrent && known.has(id)) return holderOf(id, digest)
      return askFor(id, digest)
    },
    refresh: upkeep.refresh,
    forget(id) {
      forgotten.add(id)
      known.delete(id)
    },
    writeLastUses,
    close: upkeep.close,
  }
}
