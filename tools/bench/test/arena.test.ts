import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, databaseOf, onConnection, openArena } from '../src/arena.ts'
import { endOfLog, readStatements } from '../src/statement-log.ts'

let arena: Arena
beforeAll(async () => {
  arena = await openArena(() => {}, 0)
}, 180_000)
afterAll(() => arena?.close(), 60_000)

test('a database with a slow flush is beside others in the same server', async () => {
  const [fast, slow] = [await arena.emptyDatabase(), await arena.withFlush(2).emptyDatabase()]
  const delayOf = (url: string) =>
    onConnection(url, async (client) => (await client.query('show commit_delay')).rows[0].commit_delay)
  expect([await delayOf(fast), await delayOf(slow)]).toEqual(['0', '2000'])
  expect(new URL(slow).host).toBe(new URL(fast).host)
}, 60_000)

test('the statements of a database are in the log from the time on that they are logged', async () => {
  const url = await arena.emptyDatabase()
  const run = () =>
    onConnection(url, (client) => client.query({ name: 'zapfleet_count_0a', text: 'select 1' }))
  await run()
  await arena.logStatements(url)
  const from = await endOfLog(arena.logFile)
  await run()
  const read = () => readStatements(arena.logFile, { database: databaseOf(url), from })
  await expect.poll(read, { timeout: 60_000 }).toEqual(new Map([['count', 1]]))
}, 120_000)
