import { beforeEach, expect, it } from 'vitest'
import { type Fleet, holdLease, type LeaseAnswer, releaseLease } from '../../src/index.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, clock, url, another } = await testFleet()

beforeEach(async () => {
  await emptyTables(sql, 'zapfleet.leases')
  clock.set('2026-05-05T12:00:00Z')
})

const hold = (holder: string, by: Fleet = fleet): Promise<LeaseAnswer> =>
  holdLease(by, { name: 'scheduler', holder, forMs: 20_000 })

it('is held by the first caller; others receive its holder and the time that is left', async () => {
  expect(await hold('a')).toEqual({ held: true, holder: 'a', expiresInMs: 20_000 })
  clock.set('2026-05-05T12:00:12.500Z')
  expect(await hold('b')).toEqual({ held: false, holder: 'a', expiresInMs: 7_500 })
})

it('lasts as long as it is renewed, and another caller can take it the moment it has expired', async () => {
  await hold('a')
  clock.set('2026-05-05T12:00:15Z')
  expect((await hold('a')).expiresInMs).toBe(20_000)
  clock.set('2026-05-05T12:00:34.999Z')
  expect((await hold('b')).held).toBe(false)
  clock.set('2026-05-05T12:00:35Z')
  expect((await hold('b')).held).toBe(true)
  expect(await hold('a')).toEqual({ held: false, holder: 'b', expiresInMs: 20_000 })
})

it('is free at once when its holder releases it, and no other caller can release it', async () => {
  await hold('a')
  await releaseLease(fleet, { name: 'scheduler', holder: 'b' })
  expect((await hold('b')).held).toBe(false)
  await releaseLease(fleet, { name: 'scheduler', holder: 'a' })
  expect((await hold('b')).held).toBe(true)
})

it('lasts no longer than a fresh one after the database’s clock was set back, and a live holder keeps it', async () => {
  await hold('a')
  clock.set('2026-05-05T11:00:00Z')
  expect(await hold('b')).toEqual({ held: false, holder: 'a', expiresInMs: 20_000 })
  clock.set('2026-05-05T11:00:05Z')
  expect(await hold('a')).toEqual({ held: true, holder: 'a', expiresInMs: 20_000 })
  expect(await hold('b')).toEqual({ held: false, holder: 'a', expiresInMs: 20_000 })
  clock.set('2026-05-05T11:00:25Z')
  expect(await hold('b')).toEqual({ held: true, holder: 'b', expiresInMs: 20_000 })
  // A smaller difference is no change of the clock.
  clock.set('2026-05-05T11:00:20Z')
  expect(await hold('a')).toEqual({ held: false, holder: 'b', expiresInMs: 25_000 })
})

it('has one holder however many call at once, when it is free and when it expires', async () => {
  const fleets = [fleet, await another(), await another()]
  for (const at of ['2026-05-05T12:00:00Z', '2026-05-05T12:00:20Z', '2026-05-05T12:00:40Z']) {
    clock.set(at)
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, number) => hold(`${at} ${number}`, fleets[number % 3])),
    )
    expect(answers.filter((answer) => answer.held)).toHaveLength(1)
  }
})

it('works behind a transaction pooler and by the database’s own clock', async () => {
  clock.at = null
  const pooled = await another({ databaseUrl: `${url}?pgbouncer=true` })
  expect((await hold('a', pooled)).held).toBe(true)
  const answer = await hold('b', pooled)
  expect(answer.held).toBe(false)
  expect(answer.expiresInMs).toBeGreaterThan(10_000)
  expect(answer.expiresInMs).toBeLessThanOrEqual(20_000)
})
