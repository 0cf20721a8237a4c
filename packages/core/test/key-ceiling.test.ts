import { describe, expect, it } from 'vitest'
import { createKey, FleetError, listKeys, revokeKey, rotateKey } from '../src/index.ts'
import { testFleet } from './support/fleet.ts'

const MAKER = { id: null, label: 'test' }
const { fleet, sql } = await testFleet()

const outcome = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'done',
    (error) => (error instanceof FleetError ? error.code : String(error)),
  )
const active = async () => (await listKeys(fleet)).filter(({ state }) => state === 'active').length

async function fill(count: number): Promise<void> {
  await sql(
    `insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by)
     select 'filled' || lpad(i::text, 6, '0'), sha256(i::text::bytea), 'bot', 'filled', now(), 'test'
     from generate_series(1, ${count}) i`,
  )
}

describe('keys', () => {
  it('that are made at the same time do not exceed the ceiling of 1,000', async () => {
    await fill(995)
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        outcome(createKey(fleet, { label: `racer ${n}`, role: 'bot' }, MAKER)),
      ),
    )
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(5)
    expect(outcomes.filter((one) => one === 'INVALID_STATE')).toHaveLength(7)
    expect(await active()).toBe(1_000)
  })

  it('may be rotated at the ceiling, and not without end', async () => {
    const { key } = await rotateKey(fleet, { id: 'filled000001' }, MAKER)
    expect(key.createdByKey).toBeNull()
    expect(await active()).toBe(1_001)
    await sql(
      `insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by)
       select 'rotate' || lpad(i::text, 6, '0'), sha256(('r' || i)::bytea), 'bot', 'filled', now(), 'test'
       from generate_series(1, 999) i`,
    )
    expect(await outcome(rotateKey(fleet, { id: 'filled000002' }, MAKER))).toBe('INVALID_STATE')
    await sql(`delete from zapfleet.api_keys where label = 'filled'`)
  })

  it('are not made by a key that is revoked at the same time, unless they are revoked with it', async () => {
    for (let round = 0; round < 10; round++) {
      const maker = (await createKey(fleet, { label: 'maker', role: 'admin' }, MAKER)).key
      const making = Array.from({ length: 4 }, () =>
        outcome(createKey(fleet, { label: 'made', role: 'admin' }, maker)),
      )
      const revoking = revokeKey(fleet, { id: maker.id, alsoMade: true })
      const outcomes = await Promise.all(making)
      const { made } = await revoking
      expect(made.every(({ state }) => state === 'revoked')).toBe(true)
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(made.length)
      expect(outcomes.every((one) => one === 'done' || one === 'UNAUTHORIZED')).toBe(true)
    }
    expect(
      (await listKeys(fleet)).filter(({ label, state }) => label === 'made' && state === 'active'),
    ).toEqual([])
  })
})
