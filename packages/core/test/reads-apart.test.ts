import pg from 'pg'
import { expect, it } from 'vitest'
import { POOL_SIZES } from '../src/ground/pool-sizes.ts'
import { statement } from '../src/ground/statement.ts'
import {
  confirmReservation,
  countContacts,
  fleetStats,
  healthSummary,
  listInstances,
  releaseReservation,
  reserve,
} from '../src/index.ts'
import { addInstances, testFleet } from './support/fleet.ts'

const { fleet, sql, url } = await testFleet()
const LOCK = 4711
const waitForLock = statement('wait_for_lock', 'select pg_advisory_xact_lock_shared($1::bigint)')

it('claims, releases and confirms continue while every connection that large reads use is taken', async () => {
  await addInstances(sql, ['a', 'b'])
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  try {
    await holder.query('select pg_advisory_lock($1)', [LOCK])
    const taken = Array.from({ length: POOL_SIZES.registry }, () => fleet.sql.run(waitForLock, [LOCK]))
    let answered = 0
    const reads = [listInstances, healthSummary, fleetStats, countContacts].map((read) =>
      read(fleet).then(() => answered++),
    )
    for (const contactId of ['maria', 'joao']) {
      await releaseReservation(fleet, await reserve(fleet, { contactId }))
      await confirmReservation(fleet, await reserve(fleet, { contactId, idempotencyKey: contactId }))
    }
    const many = await Promise.all(
      Array.from({ length: 20 }, () => reserve(fleet, {}, { deadlineMs: 60_000 })),
    )
    expect(many).toHaveLength(20)
    expect(answered).toBe(0)
    await holder.query('select pg_advisory_unlock($1)', [LOCK])
    await Promise.all([...taken, ...reads])
    expect(answered).toBe(4)
  } finally {
    await holder.end()
  }
})
