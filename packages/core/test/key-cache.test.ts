import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKey, digestOf, keyIdIn, revokeKey, silentLog } from '../src/index.ts'
import { KNOWN_WITHOUT_DATABASE_MS } from '../src/key/keep-current.ts'
import { type KeyCache, openKeyCache } from '../src/key/open-key-cache.ts'
import { testFleet } from './support/fleet.ts'
import { watchedSql } from './support/watched-sql.ts'

const MAKER = { id: null, label: 'test' }
const { fleet, sql } = await testFleet()

const database = watchedSql(fleet.sql)

let known: KeyCache
let lateMs: number
beforeEach(() => {
  database.reset()
  lateMs = 0
  known = openKeyCache({
    sql: database,
    clock: () => null,
    log: silentLog,
    nowMs: () => performance.now() + lateMs,
  })
})
afterEach(() => known.close())

const find = async (key: string) => known.find(keyIdIn(key) ?? '', digestOf(key))
const strangers = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `zf_bot_${String(i).padStart(12, 'x')}_${'A'.repeat(43)}`)

describe('keys in memory', () => {
  it('are read once, and answer at once from then on', async () => {
    const { key, secret } = await createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)
    expect(await find(secret)).toEqual({ id: key.id, role: 'bot', label: 'bot', family: key.id })
    const asked = database.queries
    for (let i = 0; i < 1_000; i++) {
      const holder = known.find(key.id, digestOf(secret))
      expect(holder).not.toBeInstanceOf(Promise)
      expect(holder).toMatchObject({ id: key.id })
    }
    // The poll may have run.
    expect(database.queries - asked).toBeLessThan(3)
  })

  it('unknown keys at a high rate query the database some ten times a second', async () => {
    const startedAt = performance.now()
    let unknown = 0
    const rounds = 12
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(strangers(500).map(find))
      unknown += answers.filter((holder) => holder === null).length
    }
    const seconds = (performance.now() - startedAt) / 1_000
    expect(unknown).toBe(rounds * 500)
    // One for a round, and one a second that polls: also one at the beginning and one that the end of a second begins.
    expect(database.queries).toBeLessThanOrEqual(rounds + Math.ceil(seconds) + 2)
    expect(database.queries).toBeLessThanOrEqual(seconds * 11 + 2)
  })

  it('a new key is found at once among many unknown keys', async () => {
    const flood = Promise.all(strangers(2_000).map(find))
    const { key, secret } = await createKey(fleet, { label: 'new', role: 'viewer' }, MAKER)
    expect(await find(secret)).toMatchObject({ id: key.id, role: 'viewer' })
    await flood
  })

  it('a known id with another secret is refused without a query', async () => {
    const { key, secret } = await createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)
    await find(secret)
    const asked = database.queries
    for (let i = 0; i < 100; i++) expect(known.find(key.id, digestOf(`${secret}${i}`))).toBeNull()
    expect(database.queries - asked).toBeLessThan(2)
  })

  it('a revocation by another process is read by the poll', async () => {
    const { key, secret } = await createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)
    await find(secret)
    await revokeKey(fleet, { id: key.id })
    await vi.waitFor(async () => expect(await find(secret)).toBeNull(), { timeout: 60_000 })
  })

  it('one that is removed does not return with a reading that began before', async () => {
    const { key, secret } = await createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)
    await find(secret)
    const reading = known.refresh()
    known.forget(key.id)
    await reading
    expect(await find(secret)).toBeNull()
  })

  it('expires at its instant without a new reading', async () => {
    const { key, secret } = await createKey(
      fleet,
      { label: 'bot', role: 'bot', expiresAt: new Date(Date.now() + 3_600_000) },
      MAKER,
    )
    expect(await find(secret)).not.toBeNull()
    lateMs = 3_601_000
    expect(known.find(key.id, digestOf(secret))).not.toEqual(expect.objectContaining({ id: key.id }))
  })

  it('the times of use of the keys are stored in one statement', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)),
    )
    for (const { secret } of made) await find(secret)
    const asked = database.queries
    await known.writeLastUses()
    expect(database.queries - asked).toBe(1)
    const ids = made.map(({ key }) => key.id)
    const used = await sql(
      `select id from zapfleet.api_keys where id = any($1) and last_used_at >= created_at`,
      [ids],
    )
    expect(used).toHaveLength(3)
    await known.writeLastUses()
    expect(database.queries - asked).toBe(1)
  })
})

describe('while the database is away', () => {
  it('known keys stay valid for a while, unknown ones cannot be verified', async () => {
    const { key, secret } = await createKey(fleet, { label: 'bot', role: 'bot' }, MAKER)
    await find(secret)
    database.isAway = true
    await expect(find(strangers(1)[0] ?? '')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    expect(known.find(key.id, digestOf(secret))).toMatchObject({ id: key.id })
    lateMs = KNOWN_WITHOUT_DATABASE_MS + 1_000
    await expect(find(secret)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    database.isAway = false
    lateMs = 2 * KNOWN_WITHOUT_DATABASE_MS
    expect(await find(secret)).toMatchObject({ id: key.id })
  })

  it('unknown keys at a high rate make one query a second', async () => {
    database.isAway = true
    const startedAt = performance.now()
    while (performance.now() - startedAt < 1_200) {
      const answers = await Promise.allSettled(strangers(200).map(find))
      expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    }
    const seconds = (performance.now() - startedAt) / 1_000
    expect(database.queries).toBeLessThanOrEqual(2 * seconds + 3)
  })
})
