import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { beginSession, digestOf, endSessions, listSessions, sessionIdIn, silentLog } from '../src/index.ts'
import { KNOWN_WITHOUT_DATABASE_MS } from '../src/key/keep-current.ts'
import { openSessionCache, type SessionCache } from '../src/session/open-session-cache.ts'
import { testFleet } from './support/fleet.ts'
import { watchedSql } from './support/watched-sql.ts'

const { fleet, sql } = await testFleet()
const FROM = { address: '127.0.0.*', browser: 'Firefox, Linux' }

const database = watchedSql(fleet.sql)

let known: SessionCache
let lateMs: number
beforeEach(() => {
  database.reset()
  lateMs = 0
  known = openSessionCache({
    sql: database,
    clock: () => null,
    log: silentLog,
    nowMs: () => performance.now() + lateMs,
  })
})
afterEach(() => known.close())

const aKey = () => ({ id: `key-${randomBytes(6).toString('hex')}`, digest: randomBytes(32) })
const begin = async (key = aKey()) => ({ key, ...(await beginSession(fleet, key, FROM)) })
const find = async (text: string) => known.find(sessionIdIn(text) ?? '', digestOf(text))

describe('sessions in memory', () => {
  it('are read once, and returned from memory afterwards', async () => {
    const { key, secret, session } = await begin()
    expect(await find(secret)).toEqual(key)
    const before = database.queries
    for (let n = 0; n < 1_000; n++) expect(known.find(session.id, digestOf(secret))).toEqual(key)
    // The poll may have run.
    expect(database.queries - before).toBeLessThan(3)
  })

  it('refuse a known id with another secret without a query', async () => {
    const { secret, session } = await begin()
    await find(secret)
    const before = database.queries
    for (let n = 0; n < 100; n++) expect(known.find(session.id, digestOf(`${secret}${n}`))).toBeNull()
    expect(database.queries - before).toBeLessThan(2)
  })

  it('share one query among many unknown ones, in which a new one is found', async () => {
    const strangers = Array.from(
      { length: 2_000 },
      (_, n) => `zf_session_${String(n).padStart(12, 'x')}_${'A'.repeat(43)}`,
    )
    const flood = Promise.all(strangers.map(find))
    const { key, secret } = await begin()
    expect(await find(secret)).toEqual(key)
    expect(new Set(await flood)).toEqual(new Set([null]))
    expect(database.queries).toBeLessThanOrEqual(3)
  })

  it('end when another process ends them, and once when this one does', async () => {
    const [one, two] = [await begin(), await begin()]
    for (const { secret } of [one, two]) await find(secret)
    await endSessions(fleet, { keyId: one.key.id, sessionId: null })
    await vi.waitFor(async () => expect(await find(one.secret)).toBeNull(), { timeout: 60_000 })
    known.forget(two.session.id)
    expect(await find(two.secret)).toBeNull()
  })

  it('expire at their instant without a new reading', async () => {
    const { secret, session } = await begin()
    await find(secret)
    await sql(
      `update zapfleet.sessions set expires_at = clock_timestamp() + interval '5 minutes' where id = $1`,
      [session.id],
    )
    // A new reader, since the first one has stored the earlier end.
    const other = openSessionCache({
      sql: fleet.sql,
      clock: () => null,
      log: silentLog,
      nowMs: () => performance.now() + lateMs,
    })
    expect(await other.find(session.id, digestOf(secret))).not.toBeNull()
    lateMs = 5 * 60_000
    expect(other.find(session.id, digestOf(secret))).toBeNull()
    await other.close()
  })

  it('store the time of use in one statement', async () => {
    const key = aKey()
    const begun = [await begin(key), await begin(key), await begin(key)]
    for (const { secret } of begun) await find(secret)
    const before = database.queries
    await known.writeLastUses()
    await known.writeLastUses()
    expect(database.queries - before).toBe(1)
    const listed = await listSessions(fleet, begun[0]?.session.id ?? '')
    expect(listed).toHaveLength(3)
    for (const one of listed)
      expect(Date.parse(one.lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one.createdAt))
  })
})

it('while the database is down sessions in use continue for ten minutes, and others cannot be verified', async () => {
  const [one, two] = [await begin(), await begin()]
  await find(one.secret)
  database.isAway = true
  expect(await find(one.secret)).toEqual(one.key)
  await expect(find(two.secret)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  expect(await find(one.secret)).toEqual(one.key)
  lateMs = KNOWN_WITHOUT_DATABASE_MS + 1
  await expect(find(one.secret)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  database.isAway = false
  lateMs = 0
  expect(await find(one.secret)).toEqual(one.key)
})

it('an ended session of another key is not changed, and sessions of another key are not listed', async () => {
  const [one, two] = [await begin(), await begin()]
  expect(await endSessions(fleet, { keyId: two.key.id, sessionId: one.session.id })).toEqual([])
  expect((await listSessions(fleet, one.session.id)).map(({ id }) => id)).toEqual([one.session.id])
  expect(await endSessions(fleet, { keyId: one.key.id, sessionId: one.session.id })).toEqual([one.session.id])
  expect(await listSessions(fleet, one.session.id)).toEqual([])
})
