import { createEvolution } from '@zapfleet/evolution'
import { freePort } from '@zapfleet/testing'
import type { QueryResultRow } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { DatabaseError } from '../../src/ground/database-error.ts'
import type { Statement } from '../../src/ground/statement.ts'
import { SLICE_ROWS } from '../../src/health/store-readings.ts'
import { storeStatement } from '../../src/health/store-sql.ts'
import { callOf, checkAllInstances, type Fleet, reserve } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds } from './rounds.ts'

const SIZE = 10_000
const names = Array.from({ length: SIZE }, (_, index) => `n${index}`)

/** An Evolution that refuses connections: no reading of a round gets an answer, so every row changes. */
const evolution = createEvolution({ url: `http://127.0.0.1:${await freePort()}`, apiKey: 'none' })
const { fleet, sql, another } = await testFleet({ evolution })
afterAll(() => evolution.close())
beforeAll(async () => {
  await checkAllInstances(callOf(fleet))
})
beforeEach(async () => {
  await clearRounds(sql)
  await addInstances(sql, names, { hour: 1_000, day: 10_000 })
  await sql('analyze whatsapp_instances')
  await fleet.engine.snapshot.refresh()
})

const silentRounds = () =>
  sql('select silencios rounds, count(*)::int rows from whatsapp_instances group by 1 order by 1')

it('stores a round in which 10,000 numbers change, in short slices, and grants reservations meanwhile', async () => {
  let isOver = false
  let granted = 0
  // The round waits after its first slice until a reservation is granted, so that one is granted between two slices.
  const waiting: Fleet = {
    ...fleet,
    sql: {
      ...fleet.sql,
      async run<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
        const stored = await fleet.sql.run<Row>(statement, values)
        if (statement === storeStatement) await vi.waitUntil(() => granted > 0, { timeout: 100_000 })
        return stored
      },
    },
  }
  const round = checkAllInstances(callOf(waiting)).finally(() => {
    isOver = true
  })
  while (!isOver) {
    const reserves = Array.from({ length: 16 }, () =>
      reserve(fleet, { strategy: 'least_loaded' }, { deadlineMs: 60_000 }),
    )
    const outcomes = await Promise.allSettled(reserves)
    granted += outcomes.filter(({ status }) => status === 'fulfilled').length
    // These codes also occur when the machine is too busy for its database.
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(['DATABASE_UNAVAILABLE', 'OVERLOADED']).toContain(outcome.reason.code)
  }
  expect(await round).toHaveLength(SIZE)
  expect(granted).toBeGreaterThan(0)
  expect(await silentRounds()).toEqual([{ rounds: 1, rows: SIZE }])
  const [largest] = await sql(
    'select max(rows)::int rows from (select count(*) rows from whatsapp_instances group by xmin::text) t',
  )
  expect(largest?.rows).toBeLessThanOrEqual(SLICE_ROWS)

  await checkAllInstances(callOf(fleet))
  expect(await sql('select status, count(*)::int rows from whatsapp_instances group by 1')).toEqual([
    { status: 'unknown', rows: SIZE },
  ])
  expect(
    await sql(
      `select count(*)::int events, count(distinct instance_name)::int instances from zapfleet.events where to_status = 'unknown'`,
    ),
  ).toEqual([{ events: SIZE, instances: SIZE }])
})

it('keeps the slices that are stored when a later one fails', async () => {
  let stored = 0
  const failing: Fleet = {
    ...fleet,
    sql: {
      ...fleet.sql,
      run: (statement, values) =>
        statement === storeStatement && ++stored > 2
          ? Promise.reject(new DatabaseError({ code: 'ECONNRESET' }))
          : fleet.sql.run(statement, values),
    },
  }
  await expect(checkAllInstances(callOf(failing))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  expect(await silentRounds()).toEqual([
    { rounds: 0, rows: SIZE - 2 * SLICE_ROWS },
    { rounds: 1, rows: 2 * SLICE_ROWS },
  ])
})

it('stores the slices from the last name to the first, so that a claim, which locks the first name first, waits for one at most', async () => {
  const slices: string[][] = []
  const watched: Fleet = {
    ...fleet,
    sql: {
      ...fleet.sql,
      run: (statement, values) => {
        if (statement === storeStatement) slices.push(values[0] as string[])
        return fleet.sql.run(statement, values)
      },
    },
  }
  await checkAllInstances(callOf(watched))
  const rows = await sql('select nome from whatsapp_instances order by nome desc')
  expect(slices.length).toBe(SIZE / SLICE_ROWS)
  expect(slices.flat()).toEqual(rows.map((row) => row.nome))
})

it('stops calling Evolution once it counts as down: the rest of 10,000 numbers reads as unanswered at once', async () => {
  let calls = 0
  const counting = await another({
    evolution: {
      ...evolution,
      connectionState: async () => {
        calls++
        await new Promise(setImmediate)
        throw new Error('connection refused')
      },
    },
  })
  await checkAllInstances(callOf(counting))
  expect(await silentRounds()).toEqual([{ rounds: 1, rows: SIZE }])
  // Twenty timeouts in a row, and the calls that were in flight.
  expect(calls).toBeLessThanOrEqual(40)
})
