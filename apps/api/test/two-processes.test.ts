import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@zapfleet/embedded'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type EventStream, openStream } from './event-stream.ts'
import { ADMIN_KEY, apiEnvironment, call } from './fleet-api.ts'

let dataDir: string
let postgres: Postgres
let simulator: Simulator
const processes: AppProcess[] = []
const addresses: string[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zapfleet-two-processes-'))
  // Under root, the server runs as another user, who needs access to the folder.
  await chmod(dataDir, 0o755)
  postgres = await startPostgres({ dataDir, settings: { fsync: 'off' } })
  simulator = await startSimulator({ timeScale: 0.01 })
  for (let n = 0; n < 2; n++) {
    processes.push(
      await runApp('api', {
        ...apiEnvironment(postgres, simulator),
        SEED_INSTANCES: 'one,two',
      }),
    )
  }
  for (const process of processes) addresses.push(String((await process.logLine('the API is ready')).address))
})

afterAll(async () => {
  for (const { child } of processes) child.kill('SIGTERM')
  await Promise.all(processes.map((process) => process.exitCode()))
  await simulator?.close()
  await postgres?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

let priority = 1
/** Changes an instance through either process, again until the database accepts it. */
async function change(n: number): Promise<void> {
  priority = (priority % 100) + 1
  const body = { name: n % 3 === 0 ? 'two' : 'one', priority }
  await vi.waitFor(
    async () => {
      const { status } = await call(`${addresses[n % 2]}/trpc/instance.update`, { key: ADMIN_KEY, body })
      if (status !== 200) throw new Error(`the update answered ${status}`)
    },
    { timeout: 60_000, interval: 100 },
  )
}

const changesOf = (stream: EventStream) =>
  stream.wire.filter((one) => one.event === 'message' && one.id).map(({ id, data }) => ({ id, ...data }))

it('subscribers in two processes see the same changes in the same order, across a restart of the database', async () => {
  const streams = await Promise.all(
    addresses.map((address) => openStream(address, { key: ADMIN_KEY, lastEventId: '0' })),
  )
  const [here, there] = streams as [EventStream, EventStream]
  for (let n = 0; n < 10; n++) await change(n)
  await here.untilChanges(12)
  const seenBefore = here.changes().at(-1)?.id ?? ''

  await postgres.stop()
  postgres = await startPostgres({ dataDir, settings: { fsync: 'off' }, port: postgres.port })
  for (let n = 0; n < 10; n++) await change(n)

  const last = await lastEventId()
  for (const stream of streams) {
    await vi.waitFor(() => expect(stream.changes().at(-1)?.id).toBe(last), { timeout: 60_000 })
  }
  // The seed created two, and the test changed twenty; an update that was repeated after a lost answer changed
  // nothing.
  expect(changesOf(here)).toHaveLength(22)
  expect(changesOf(there)).toEqual(changesOf(here))
  const ids = here.changes().map((change) => BigInt(change.id))
  expect([...ids].sort((a, b) => (a < b ? -1 : 1))).toEqual(ids)

  // A subscriber that reconnects, to the other process, misses no event and gets none twice.
  const back = await openStream(addresses[1] ?? '', { key: ADMIN_KEY, lastEventId: seenBefore })
  await back.untilChanges(10)
  const index = here.changes().findIndex((change) => change.id === seenBefore)
  expect(changesOf(back)).toEqual(changesOf(here).slice(index + 1))
  for (const stream of [...streams, back]) stream.close()
})

/** The newest id, as a subscriber from the beginning reads it. */
async function lastEventId(): Promise<string> {
  const all = await openStream(addresses[0] ?? '', { key: ADMIN_KEY, lastEventId: '0' })
  await all.untilChanges(22, 15_000)
  all.close()
  return all.changes().at(-1)?.id ?? ''
}
