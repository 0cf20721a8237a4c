import { setTimeout as rest } from 'node:timers/promises'
import { startTemporaryPostgres } from '@zapfleet/embedded'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import type { EarlyCommits } from '../../src/ground/open-database.ts'
import { closeFleet, type Fleet, migrate, openFleet, reserve, silentLog } from '../../src/index.ts'
import { addInstances, clearFleet, noEvolution, type Sql } from '../support/fleet.ts'

// A synchronous standby that never connects: from then on a commit that waits for the disk waits for the standby too, without end.
const postgres = await startTemporaryPostgres({ settings: { fsync: 'on' } })
const admin = new pg.Client({ connectionString: postgres.url })
await admin.connect()
const sql: Sql = async (text, values) => (await admin.query(text, values)).rows
await migrate({ url: postgres.url, timeZone: 'America/Sao_Paulo' })
// What the test writes waits for nothing.
await sql('set synchronous_commit = off')

const PASSWORD = new URL(postgres.url).password
await sql(`create role limited login password '${PASSWORD}'`)
for (const schema of ['public', 'zapfleet'])
  await sql(
    `grant usage on schema ${schema} to limited; grant all on all tables in schema ${schema} to limited`,
  )

const opened: Fleet[] = []
async function open(earlyCommits: EarlyCommits, role?: string): Promise<Fleet> {
  const url = new URL(postgres.url)
  if (role) url.username = role
  const fleet = await openFleet({
    databaseUrl: url.href,
    timeZone: 'America/Sao_Paulo',
    evolution: noEvolution,
    log: silentLog,
    earlyCommits,
  })
  opened.push(fleet)
  return fleet
}

const probe = new pg.Client({ connectionString: postgres.url })
await probe.connect()
const [{ pid }] = (await probe.query('select pg_backend_pid() pid')).rows
const commit = (): Promise<unknown> => probe.query(`select pg_logical_emit_message(true, 'probe', '')`)

/** Whether a commit waits for a standby. If so, it is canceled. */
async function commitWaits(): Promise<boolean> {
  let isOver = false
  const ended = commit().finally(() => {
    isOver = true
  })
  const waits = async (): Promise<boolean> =>
    (await sql(`select from pg_stat_activity where pid = $1 and wait_event = 'SyncRep'`, [pid])).length > 0
  while (!isOver)
    if (await waits()) {
      await sql('select pg_cancel_backend($1)', [pid])
      await ended
      return true
    }
  return false
}

/** The checkpointer applies the setting, for all commits, some time after the sessions show it. */
async function flushesWait(wait: boolean): Promise<void> {
  await sql(`alter system set synchronous_standby_names = '${wait ? 'absent' : ''}'`)
  await sql('select pg_reload_conf()')
  if (wait) await expect.poll(commitWaits).toBe(true)
  else await commit()
}

/** Collects the outcome of a call when it has one. */
function watched(call: Promise<{ id: string }>): { outcome: string | null; ended: Promise<string> } {
  const seen: { outcome: string | null; ended: Promise<string> } = {
    outcome: null,
    ended: call.then(
      ({ id }) => id,
      (error) => error.code,
    ),
  }
  void seen.ended.then((outcome) => {
    seen.outcome = outcome
  })
  return seen
}

const stored = async (): Promise<string[]> =>
  (await sql('select id from zapfleet.reservations order by id')).map(({ id }) => String(id))
const untilStored = (count: number) => expect.poll(stored, { timeout: 10_000 }).toHaveLength(count)
const waitingFlushes = async (): Promise<number> =>
  (await sql(`select pid from pg_stat_activity where wait_event = 'SyncRep'`)).length

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['a'], { hour: 1_000, day: 1_000 })
})
afterEach(async () => {
  await flushesWait(false)
  await Promise.all(opened.splice(0).map(closeFleet))
})
afterAll(async () => {
  await Promise.all([admin.end(), probe.end()])
  await postgres.stop()
})

/** A reserve of one of these is one claim: they have a number, and this process has read it. */
async function warm(...fleets: Fleet[]): Promise<void> {
  for (const fleet of fleets)
    for (const contactId of ['first', 'second', 'third']) await reserve(fleet, { contactId })
}
const before = (fleets: number): number => 3 * fleets

it('a claim frees its locks before its commit is durable, and is answered after it', async () => {
  const fleet = await open('always')
  const other = await open('always')
  await warm(fleet, other)
  await flushesWait(true)
  const call = watched(reserve(fleet, { contactId: 'second' }, { deadlineMs: 60_000 }))
  await untilStored(before(2) + 1)
  expect(await sql(`select nome from whatsapp_instances where nome = 'a' for update nowait`)).toHaveLength(1)
  // The next claim is behind the flush in the pipeline; one of another process goes ahead.
  const theirs = watched(reserve(other, { contactId: 'third' }, { deadlineMs: 60_000 }))
  await untilStored(before(2) + 2)
  await expect.poll(waitingFlushes).toBe(2)
  await rest(100)
  expect([call.outcome, theirs.outcome]).toEqual([null, null])
  await flushesWait(false)
  const ids = [await call.ended, await theirs.ended]
  expect(await stored()).toEqual(expect.arrayContaining(ids))
})

it('without others a claim commits as before, with its locks', async () => {
  const fleet = await open('while others claim')
  await warm(fleet)
  await flushesWait(true)
  const call = watched(reserve(fleet, { contactId: 'second' }, { deadlineMs: 60_000 }))
  await expect.poll(waitingFlushes).toBe(1)
  await expect(
    sql(`select nome from whatsapp_instances where nome = 'a' for update nowait`),
  ).rejects.toMatchObject({ code: '55P03' })
  await flushesWait(false)
  const id = await call.ended
  expect(await stored()).toContain(id)
})

it('while another process claims, claims commit early', async () => {
  const fleet = await open('while others claim')
  await warm(fleet)
  const other = new pg.Client({ connectionString: postgres.url, application_name: 'zapfleet claims' })
  await other.connect()
  const claiming = other.query('select pg_sleep(60)').catch(() => {})
  try {
    for (let claim = 0; claim < 30; claim++) await reserve(fleet, { contactId: 'first' })
    await rest(200)
    await flushesWait(true)
    const call = watched(reserve(fleet, { contactId: 'second' }, { deadlineMs: 60_000 }))
    await untilStored(before(1) + 31)
    expect(await sql(`select nome from whatsapp_instances where nome = 'a' for update nowait`)).toHaveLength(
      1,
    )
    expect(call.outcome).toBe(null)
    await flushesWait(false)
    const id = await call.ended
    expect(await stored()).toContain(id)
  } finally {
    await sql(`select pg_cancel_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)'`)
    await claiming
    await other.end()
  }
})

it('a repeat in another process waits until the reservation of its key is durable', async () => {
  const fleet = await open('always')
  const other = await open('while others claim')
  await warm(fleet, other)
  await flushesWait(true)
  const input = { contactId: 'second', idempotencyKey: 'order-1' }
  const call = watched(reserve(fleet, input, { deadlineMs: 60_000 }))
  await untilStored(before(2) + 1)
  // Refused for its key by the claim, which writes nothing.
  const repeat = watched(reserve(other, input, { deadlineMs: 60_000 }))
  const conflict = watched(reserve(other, { ...input, contactId: 'x' }, { deadlineMs: 60_000 }))
  await expect.poll(waitingFlushes).toBe(2)
  await rest(200)
  expect([call.outcome, repeat.outcome, conflict.outcome]).toEqual([null, null, null])
  await flushesWait(false)
  expect(await repeat.ended).toBe(await call.ended)
  expect(await conflict.ended).toBe('CONFLICT')
  expect(await stored()).toHaveLength(before(2) + 1)
})

it('a repeat that finds no room waits too: it is answered without a claim', async () => {
  const fleet = await open('always')
  await warm(fleet)
  await sql(`update whatsapp_instances set capacidade_hora = $1`, [before(1) + 1])
  await flushesWait(true)
  const input = { contactId: 'second', idempotencyKey: 'order-1' }
  const call = watched(reserve(fleet, input, { deadlineMs: 60_000 }))
  await untilStored(before(1) + 1)
  const other = await open('while others claim')
  const repeat = watched(reserve(other, input, { deadlineMs: 60_000 }))
  await expect.poll(waitingFlushes).toBe(2)
  await rest(200)
  expect([call.outcome, repeat.outcome]).toEqual([null, null])
  await flushesWait(false)
  expect(await repeat.ended).toBe(await call.ended)
})

it('a connection that breaks before the flush grants nothing', async () => {
  const fleet = await open('always')
  await warm(fleet)
  await flushesWait(true)
  const call = watched(reserve(fleet, { contactId: 'second' }, { deadlineMs: 60_000 }))
  await untilStored(before(1) + 1)
  await expect.poll(waitingFlushes).toBe(1)
  await sql(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`)
  expect(await call.ended).toBe('DATABASE_UNAVAILABLE')
  await flushesWait(false)
  await reserve(fleet, { contactId: 'third' })
})

it('a flush that the server refuses is a lost answer: the claim is not sent again', async () => {
  const fleet = await open('always', 'limited')
  await warm(fleet)
  await sql('revoke execute on function pg_logical_emit_message(boolean, text, text, boolean) from public')
  try {
    const calls = ['first', 'second', 'third'].map((contactId) => watched(reserve(fleet, { contactId })))
    expect(await Promise.all(calls.map((call) => call.ended))).toEqual(Array(3).fill('DATABASE_UNAVAILABLE'))
    expect(await stored()).toHaveLength(before(1) + 3)
  } finally {
    await sql('grant execute on function pg_logical_emit_message(boolean, text, text, boolean) to public')
  }
  await expect.poll(() => warm(fleet).then(() => true)).toBe(true)
})

it('where the server refuses the record, a key is answered as before', async () => {
  const fleet = await open('while others claim', 'limited')
  const input = { contactId: 'first', idempotencyKey: 'order-2' }
  const { id } = await reserve(fleet, input)
  await sql('revoke execute on function pg_logical_emit_message(boolean, text, text, boolean) from public')
  try {
    expect((await reserve(fleet, input)).id).toBe(id)
  } finally {
    await sql('grant execute on function pg_logical_emit_message(boolean, text, text, boolean) to public')
  }
})

it('closing waits for the flush', async () => {
  const fleet = await open('always')
  await warm(fleet)
  await flushesWait(true)
  const call = watched(reserve(fleet, { contactId: 'second' }, { deadlineMs: 60_000 }))
  await untilStored(before(1) + 1)
  let isClosed = false
  const closing = closeFleet(fleet).then(() => {
    isClosed = true
  })
  await rest(200)
  expect(isClosed).toBe(false)
  await flushesWait(false)
  await closing
  expect(await stored()).toContain(call.outcome)
})
