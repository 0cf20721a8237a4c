import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/ground/open-database.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

const { url, sql } = await testFleet()
const admin = new pg.Client({ connectionString: url })
let database: Database

beforeAll(async () => {
  await admin.connect()
  // A server of a Brazilian machine has its time zone.
  await admin.query(
    `do $$ begin execute format('alter database %I set timezone to ''America/Sao_Paulo''', current_database()); end $$`,
  )
  database = await openDatabase(url, { debug() {}, info() {}, warn() {}, error() {} } as never)
})
afterAll(async () => {
  await database.close()
  await admin.end()
})

it('the session has the time zone of the server', async () => {
  expect(await database.run({ name: 'zone', text: 'show timezone' }, [])).toEqual([
    { TimeZone: 'America/Sao_Paulo' },
  ])
})

it('an instant that SQL wrote reads the same through Prisma', async () => {
  await sql(
    `insert into zapfleet.job_runs (job, holder, started_at) values ('prune', 'sql', '2026-07-01T12:00:00.250Z')`,
  )
  expect(await database.prisma.jobRun.findFirst({ where: { holder: 'sql' } })).toMatchObject({
    startedAt: new Date('2026-07-01T12:00:00.250Z'),
  })
})

it('an instant that Prisma writes reads the same in SQL', async () => {
  const startedAt = new Date('2026-07-01T12:00:00.250Z')
  await database.prisma.jobRun.create({ data: { job: 'prune', holder: 'prisma', startedAt } })
  expect(
    await database.run<{ at: Date }>(
      { name: 'written', text: `select started_at at from zapfleet.job_runs where holder = 'prisma'` },
      [],
    ),
  ).toEqual([{ at: startedAt }])
})

it('Prisma compares instants in filters as they are, alone and in lists', async () => {
  const { jobRun } = database.prisma
  const at = new Date('2026-07-01T12:00:00.250Z')
  const early = new Date('2026-07-01T11:59:59Z')
  expect(
    await jobRun.count({ where: { startedAt: { lt: new Date('2026-07-01T12:00:01Z'), gt: early } } }),
  ).toBe(2)
  expect(await jobRun.count({ where: { startedAt: { in: [at, early] } } })).toBe(2)
})

it('the statements of a transaction keep instants as they are', async () => {
  const startedAt = new Date('2026-07-01T12:00:00.250Z')
  const [, found] = await database.prisma.$transaction([
    database.prisma.jobRun.create({ data: { job: 'prune', holder: 'transaction', startedAt } }),
    database.prisma.jobRun.findFirst({ where: { holder: 'transaction', startedAt } }),
  ])
  expect(found).toMatchObject({ startedAt })
  expect(await sql(`select started_at at from zapfleet.job_runs where holder = 'transaction'`)).toEqual([
    { at: startedAt },
  ])
})

it('a column that no Date can hold does not fail the read', async () => {
  await addInstances(sql, ['endless'])
  await sql(`update whatsapp_instances set ultima_msg_at = 'infinity' where nome = 'endless'`)
  const row = await database.prisma.instance.findUnique({ where: { name: 'endless' } })
  expect(row?.lastSentAt?.getTime()).toBeNaN()
})
