import { beforeEach, expect, it } from 'vitest'
import type { Database } from '../../src/ground/open-database.ts'
import { createReadTogether } from '../../src/ground/read-together.ts'
import { statement } from '../../src/ground/statement.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet } = await testFleet()

/** The texts of the statements that were sent. */
let sent: string[] = []
beforeEach(() => {
  sent = []
})
const run: Database['run'] = (one, values) => {
  sent.push(one.text)
  return fleet.sql.run(one, values)
}
const readTogether = createReadTogether(run)

const sum = statement('sum', 'select $1::int + $2::int sum')
const upTo = statement(
  'up_to',
  'select n, $2::text word from generate_series($1::int, 1, -1) n order by n desc',
)
const none = statement('none', 'select 1 one where $1')
const divide = statement('divide', 'select 1 / $1::int quotient')

it('reads of the same moment are one statement, and each gets its own rows by its own parameters', async () => {
  const [three, rows, empty, five] = await Promise.all([
    readTogether(sum, [1, 2]),
    readTogether(upTo, [3, '$1']),
    readTogether(none, [false]),
    readTogether(sum, [2, 3]),
  ])
  expect(three).toEqual([{ sum: 3 }])
  expect(rows).toEqual([3, 2, 1].map((n) => ({ n, word: '$1' })))
  expect(empty).toEqual([])
  expect(five).toEqual([{ sum: 5 }])
  expect(sent).toHaveLength(1)
})

it('the same reads in another order are the same statement', async () => {
  await Promise.all([readTogether(sum, [1, 2]), readTogether(none, [true])])
  await Promise.all([readTogether(none, [true]), readTogether(sum, [1, 2])])
  expect(sent).toHaveLength(2)
  expect(sent[0]).toBe(sent[1])
})

it('a read that fails fails alone, and the next ones are one statement again', async () => {
  const [good, bad, other] = await Promise.allSettled([
    readTogether(sum, [1, 2]),
    readTogether(divide, [0]),
    readTogether(none, [true]),
  ])
  expect([good, other]).toMatchObject([{ value: [{ sum: 3 }] }, { value: [{ one: 1 }] }])
  expect(bad).toMatchObject({ status: 'rejected', reason: { sqlState: '22012' } })
  // All of them, then each.
  expect(sent).toHaveLength(4)
  sent = []
  await Promise.all([readTogether(sum, [1, 2]), readTogether(divide, [1])])
  expect(sent).toHaveLength(1)
})

it('each read fails where the database does', async () => {
  const away = createReadTogether(() => Promise.reject(new Error('away')))
  const reads = await Promise.allSettled([away(sum, [1, 2]), away(none, [true])])
  expect(reads.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

it('a read sees what its caller wrote before, also where another read waits already', async () => {
  const earlier = readTogether(sum, [1, 2])
  await fleet.sql.run(
    statement('add_lease', "insert into zapfleet.leases (name, holder, expires_at) values ($1, 'x', now())"),
    ['written'],
  )
  const leases = statement('count_leases', 'select count(*)::int leases from zapfleet.leases where name = $1')
  expect(await readTogether(leases, ['written'])).toEqual([{ leases: 1 }])
  await earlier
})
