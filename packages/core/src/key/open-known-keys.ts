import { timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { asFleetError } from '../db/database-error.ts'
import type { Database } from '../db/open-database.ts'
import { statement } from '../db/statement.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import type { Log } from '../fleet/log.ts'
import { KEY_MOMENT, type KeyHolder, type KeyRole } from './api-key.ts'
import { IS_LIVE } from './create-key.ts'

/** How often all keys are read: so late, at most, a process learns of a revocation in another. */
const READ_EVERY_MS = 1_000
/** Unknown keys are asked for together, and no more often than this, whoever sends how many of them. */
const MISSES_EVERY_MS = 100
/** While the database cannot be read, keys that were known go on being known for so long. */
export const KNOWN_WITHOUT_DATABASE_MS = 10 * 60_000
/** How often it is written down when keys were last used. */
const WRITE_USES_EVERY_MS = 30_000

/** The keys of the database as one process knows them. It reads nothing before the first question. */
export type KnownKeys = {
  /**
   * Who holds the key with this id and digest, or null. Known keys are answered at once, from memory; of others the
   * database is asked, at most ten times a second however many there are.
   *
   * @throws FleetError DATABASE_UNAVAILABLE when only the database could tell
   */
  find(id: string, digest: Buffer): KeyHolder | null | Promise<KeyHolder | null>
  /** Reads all keys anew. */
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
  `with ${KEY_MOMENT}
select a.id, a.digest, a.role, a.label, coalesce(a.family, a.id) family, extract(epoch from a.expires_at - k.at)::float8 * 1000 ends_in_ms
from zapfleet.api_keys a, k where ${IS_LIVE}`,
)

/** $2 ids, $3 milliseconds since each was used. Rows are locked by id, since every process writes the same ones. */
const usesStatement = statement(
  'key_uses',
  `with ${KEY_MOMENT},
u as materialized (select * from unnest($2::text[], $3::float8[]) u (id, ago_ms)),
l as materialized (select a.id from zapfleet.api_keys a where a.id in (select u.id from u) order by a.id for no key update)
update zapfleet.api_keys x set last_used_at = greatest(x.last_used_at, k.at - u.ago_ms * interval '1 millisecond')
from k, u join l using (id) where x.id = u.id`,
)

/** @param nowMs a clock that nobody sets; for tests */
export function openKnownKeys(parts: {
  sql: Pick<Database, 'run'>
  clock: () => Date | null
  log: Log
  nowMs?: () => number
}): KnownKeys {
  const { sql, clock, log, nowMs = () => performance.now() } = parts
  let known = new Map<string, Known>()
  const forgotten = new Set<string>()
  let readAtMs = Number.NEGATIVE_INFINITY
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failed: { atMs: number; error: FleetError } | null = null
  let running: Promise<void> | null = null
  let following: Promise<void> | null = null
  let polling: NodeJS.Timeout | undefined
  let writing: NodeJS.Timeout | undefined
  let closed = false

  const read = async (): Promise<void> => {
    const startedAtMs = nowMs()
    askedAtMs = startedAtMs
    try {
      const rows = await sql.run<{
        id: string
        digest: Buffer
        role: KeyRole
        label: string
        family: string
        ends_in_ms: number | null
      }>(readStatement, [clock()])
      const fresh = new Map<string, Known>()
      for (const { id, digest, role, label, family, ends_in_ms: endsInMs } of rows) {
        if (forgotten.has(id)) continue
        // Counted from before the question: a key ends too early by a moment rather than too late.
        const endsAtMs = endsInMs === null ? Number.POSITIVE_INFINITY : startedAtMs + endsInMs
        const usedAtMs = known.get(id)?.usedAtMs ?? null
        fresh.set(id, { digest, holder: { id, role, label, family }, endsAtMs, usedAtMs })
      }
      known = fresh
      readAtMs = startedAtMs
      if (failed) log.info({}, 'keys are read again')
      failed = null
    } catch (error) {
      const failure = asFleetError(error)
      if (!failed)
        log.warn({ err: failure }, 'keys could not be read; those that are known stay known for a while')
      failed = { atMs: nowMs(), error: failure }
      throw failure
    } finally {
      running = null
    }
  }

  /** Reads what is there after this call; all who call meanwhile share one reading. */
  const refresh = (): Promise<void> => {
    following ??= (async () => {
      await running?.catch(() => {})
      const restMs = askedAtMs + MISSES_EVERY_MS - nowMs()
      if (restMs > 0) await sleep(restMs)
      following = null
      if (closed)
        throw new FleetError('OVERLOADED', 'This process is stopping. Call again; another will answer.')
      running = read()
      return running
    })()
    return following
  }

  const start = (): void => {
    if (polling !== undefined || closed) return
    polling = setInterval(() => void refresh().catch(() => {}), READ_EVERY_MS).unref()
    writing = setInterval(() => void writeLastUses().catch(() => {}), WRITE_USES_EVERY_MS).unref()
  }

  const holderOf = (id: string, digest: Buffer): KeyHolder | null => {
    const key = known.get(id)
    const atMs = nowMs()
    if (!key || !timingSafeEqual(key.digest, digest) || atMs >= key.endsAtMs) return null
    key.usedAtMs = atMs
    return key.holder
  }

  const askFor = async (id: string, digest: Buffer): Promise<KeyHolder | null> => {
    // Nobody waits for a database that was away a moment ago.
    if (failed && nowMs() - failed.atMs < READ_EVERY_MS) throw failed.error
    await refresh()
    return holderOf(id, digest)
  }

  async function writeLastUses(): Promise<void> {
    const used = [...known.values()].filter((key) => key.usedAtMs !== null)
    if (used.length === 0) return
    const atMs = nowMs()
    const values = [
      clock(),
      used.map((key) => key.holder.id),
      used.map((key) => atMs - (key.usedAtMs ?? atMs)),
    ]
    for (const key of used) key.usedAtMs = null
    await sql.run(usesStatement, values)
  }

  return {
    find(id, digest) {
      start()
      const isCurrent = nowMs() - readAtMs < KNOWN_WITHOUT_DATABASE_MS
      // An id is given once, so one that is known with another digest is wrong for ever.
      if (isCurrent && known.has(id)) return holderOf(id, digest)
      return askFor(id, digest)
    },
    refresh,
    forget(id) {
      forgotten.add(id)
      known.delete(id)
    },
    writeLastUses,
    async close() {
      closed = true
      clearInterval(polling)
      clearInterval(writing)
      await Promise.allSettled([running, following])
      await writeLastUses().catch((error) =>
        log.debug({ err: error }, 'last uses of keys could not be written'),
      )
    },
  }
}
