import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { readiness } from '../src/index.ts'
import { cuttableWire } from './support/cuttable-wire.ts'
import { testFleet } from './support/fleet.ts'
import { stall, untilStalled } from './support/stall.ts'

const { sql, url, another } = await testFleet()
const wire = await cuttableWire(url)

afterAll(() => wire.close())
afterEach(async () => {
  const [row] = await sql('select current_database() as name')
  await sql(`alter database ${row?.name} reset default_transaction_read_only`)
})

it('is ready where the database answers, accepts writes and is migrated', async () => {
  expect(await readiness(await another())).toEqual({ ready: true })
})

it('is not ready while a migration of this release is missing', async () => {
  const fleet = await another()
  const last = `(select max(migration_name) from public._prisma_migrations)`
  await sql(`update public._prisma_migrations set finished_at = null where migration_name = ${last}`)
  const answer = await readiness(fleet)
  await sql('update public._prisma_migrations set finished_at = started_at where finished_at is null')
  expect(answer).toEqual({ ready: false, reason: expect.stringMatching(/^migrations are missing: \d+_\w+$/) })
})

it('is not ready on a database that refuses writes: no send could be counted', async () => {
  const [row] = await sql('select current_database() as name')
  await sql(`alter database ${row?.name} set default_transaction_read_only = on`)
  expect(await readiness(await another())).toEqual({ ready: false, reason: 'the database takes no writes' })
})

it('reports within its time limit that the database hangs, by one query however many calls arrive', async () => {
  const fleet = await another()
  const held = await stall(url, 'lock table public._prisma_migrations in access exclusive mode')
  const first = await readiness(fleet, { withinMs: 300 })
  await untilStalled(sql)
  const more = await Promise.all(Array.from({ length: 20 }, () => readiness(fleet, { withinMs: 300 })))
  for (const answer of [first, ...more])
    expect(answer).toEqual({ ready: false, reason: 'the database did not answer within 300 ms' })
  const [row] = await sql(
    `select count(*)::int n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  expect(row?.n).toBe(1)
  await held.go()
  await vi.waitFor(async () => expect(await readiness(fleet)).toEqual({ ready: true }), { timeout: 60_000 })
})

it('is ready again when the database is back', async () => {
  const fleet = await another({ databaseUrl: wire.url })
  wire.cut()
  expect(await readiness(fleet)).toEqual({ ready: false, reason: 'the database does not answer' })
  await wire.mend()
  expect(await readiness(fleet)).toEqual({ ready: true })
})
