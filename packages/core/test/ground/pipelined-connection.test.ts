import { testDatabase } from '@zapfleet/testing'
import { afterAll, afterEach, expect, it } from 'vitest'
import {
  openPipelinedConnection,
  type PipelinedConnection,
} from '../../src/ground/open-pipelined-connection.ts'
import { statement } from '../../src/ground/statement.ts'
import { silentLog } from '../../src/index.ts'
import { cuttableWire } from '../support/cuttable-wire.ts'

const ANSWER_WITHIN_MS = 2_000
const sleeps = statement('sleep', 'select pg_sleep($1::float8)::text slept, $2::text')

const database = await testDatabase()
const wire = await cuttableWire(database.url)
afterAll(async () => {
  await wire.close()
  await database.drop()
})

let connection: PipelinedConnection
afterEach(() => connection.close())

const open = (): void => {
  connection = openPipelinedConnection({ connectionString: wire.url }, ANSWER_WITHIN_MS, silentLog)
}
const sleep = (seconds: number): Promise<unknown> => connection.run(sleeps, [seconds], false)

it('closes a connection that stays open without answers: what was sent fails, and the next statement has another one', async () => {
  open()
  await sleep(0)
  const pid = connection.pid()
  wire.silence()
  const sent = await Promise.allSettled([sleep(0), sleep(0)])
  expect(sent).toMatchObject([
    { status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE', isUnavailable: true } },
    { status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE', isUnavailable: true } },
  ])
  await expect(sleep(0)).resolves.toHaveLength(1)
  expect(connection.pid()).not.toBe(pid)
})

it('lets statements wait for those before them, however long these take together', async () => {
  open()
  const startedAtMs = performance.now()
  await Promise.all(Array.from({ length: 4 }, () => sleep(0.8)))
  expect(performance.now() - startedAtMs).toBeGreaterThan(ANSWER_WITHIN_MS)
})
