import { beforeEach, expect, it } from 'vitest'
import { beginRun, endRun, holdLease, type JobName, lastJobRuns, pollingAge } from '../../src/index.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

beforeEach(async () => {
  await emptyTables(sql, 'zapfleet.leases, zapfleet.job_runs')
  clock.set('2026-05-05T12:00:00Z')
})

const lead = (holder: string) => holdLease(fleet, { name: 'scheduler', holder, forMs: 20_000 })

async function begin(job: JobName, holder: string): Promise<string> {
  const id = await beginRun(fleet, { job, holder, lease: 'scheduler' })
  if (id === null) throw new Error(`${holder} may not run ${job}`)
  return id
}

it('returns the last run of each job, and the age of the last poll of the fleet', async () => {
  expect(await lastJobRuns(fleet)).toEqual([])
  expect(await pollingAge(fleet)).toBeNull()

  await lead('a')
  await endRun(fleet, await begin('health-poll', 'a'), { tookMs: 41.6, changed: 3, failed: null })
  await endRun(fleet, await begin('prune', 'a'), { tookMs: 5, changed: null, failed: 'no disk' })
  clock.set('2026-05-05T12:00:15Z')
  await begin('health-poll', 'a')
  clock.set('2026-05-05T12:00:18.250Z')
  expect(await lastJobRuns(fleet)).toEqual([
    {
      job: 'health-poll',
      holder: 'a',
      startedAt: '2026-05-05T12:00:15.000Z',
      tookMs: null,
      changed: null,
      failed: null,
    },
    {
      job: 'prune',
      holder: 'a',
      startedAt: '2026-05-05T12:00:00.000Z',
      tookMs: 5,
      changed: null,
      failed: 'no disk',
    },
  ])
  expect(await pollingAge(fleet)).toBe(3_250)
  expect(
    await sql(`select took_ms, changed from zapfleet.job_runs where job = 'health-poll' order by id`),
  ).toEqual([
    { took_ms: 42, changed: 3 },
    { took_ms: null, changed: null },
  ])
})

it('lets only the holder of a lease that has not expired run', async () => {
  const run = (holder: string) => beginRun(fleet, { job: 'prune', holder, lease: 'scheduler' })
  expect(await run('a')).toBeNull()
  await lead('a')
  expect(await run('b')).toBeNull()
  expect(await run('a')).not.toBeNull()
  clock.set('2026-05-05T12:00:20Z')
  expect(await run('a')).toBeNull()
  expect(await sql('select holder from zapfleet.job_runs')).toEqual([{ holder: 'a' }])
})

it('marks a run as lost whose process died, when the job next runs', async () => {
  await lead('a')
  await begin('health-poll', 'a')
  await begin('reset-hour', 'a')
  clock.set('2026-05-05T12:00:20Z')
  await lead('b')
  await begin('health-poll', 'b')
  expect(await sql('select job, holder, took_ms, failed from zapfleet.job_runs order by id')).toEqual([
    { job: 'health-poll', holder: 'a', took_ms: null, failed: expect.stringContaining('its process ended') },
    { job: 'reset-hour', holder: 'a', took_ms: null, failed: null },
    { job: 'health-poll', holder: 'b', took_ms: null, failed: null },
  ])
})
