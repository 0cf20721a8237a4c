import { setTimeout as rest } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { closeFleet, type Fleet, openFleet, reserve, silentLog } from '../../src/index.ts'
import { addInstances, noEvolution } from '../support/fleet.ts'
import { TIME_ZONE } from './clock.ts'
import { startDurablePostgres } from './durable-postgres.ts'

/** How often the server is killed; more for a soak. */
const KILLS = Number(process.env.ZAPFLEET_EXACTNESS_KILLS ?? 4)
const KILL_AFTER_MS = 600
const CALLERS = 16
const NUMBERS = ['a', 'b', 'c', 'd', 'e']

// Nothing but a flush of zapfleet brings a commit to the disk within a round.
const postgres = await startDurablePostgres({
  wal_writer_delay: '10s',
  wal_writer_flush_after: '1GB',
  checkpoint_timeout: '30min',
})
const fleets: Fleet[] = []
afterAll(async () => {
  await Promise.all(fleets.map(closeFleet))
  await postgres.remove()
})

it(
  'no reservation that was answered is lost when the server is killed, with early commits',
  async () => {
    await addInstances(async (text, values) => (await postgres.pool.query(text, values)).rows, NUMBERS, {
      hour: 100_000_000,
      day: 100_000_000,
    })
    for (let process = 0; process < 3; process++)
      fleets.push(
        await openFleet({
          databaseUrl: postgres.url,
          timeZone: TIME_ZONE,
          evolution: noEvolution,
          log: silentLog,
          earlyCommits: 'always',
        }),
      )
    const answered: string[] = []
    const unexpected: unknown[] = []
    let isOver = false
    const call = async (fleet: Fleet, caller: number): Promise<void> => {
      for (let turn = 0; !isOver; turn++) {
        // Every second caller repeats the keys of callers in other processes.
        const key = caller % 2 === 0 ? {} : { idempotencyKey: `${caller}-${turn}` }
        const contact = caller % 3 === 0 ? {} : { contactId: `contact-${caller}-${turn % 50}` }
        try {
          answered.push((await reserve(fleet, { ...contact, ...key })).id)
        } catch (error) {
          if ((error as { code?: string }).code !== 'DATABASE_UNAVAILABLE') unexpected.push(error)
          await rest(20)
        }
      }
    }
    const calls = fleets.flatMap((fleet) =>
      Array.from({ length: CALLERS }, (_, caller) => call(fleet, caller)),
    )
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = answered.length
      await rest(KILL_AFTER_MS)
      await postgres.restart('kill -9')
      await expect.poll(() => answered.length, { timeout: 30_000 }).toBeGreaterThan(before + 50 * kill)
    }
    isOver = true
    await Promise.all(calls)
    expect(unexpected).toEqual([])

    const ids = [...new Set(answered)]
    const lost = await postgres.pool.query<{ id: string }>(
      'select id from unnest($1::uuid[]) id where not exists (select from zapfleet.reservations r where r.id = id.id)',
      [ids],
    )
    expect(lost.rows).toEqual([])
    // Callers of several processes shared a key.
    expect(ids.length).toBeLessThan(answered.length)
    const { rows } = await postgres.pool.query<{ nome: string; counted: number; stored: number }>(
      `select i.nome, i.msgs_enviadas_dia counted, (select count(*)::int from zapfleet.reservations r where r.instance_name = i.nome and r.day_window = i.janela_dia) stored
       from whatsapp_instances i order by 1`,
    )
    expect(rows.map(({ nome, counted }) => ({ nome, counted }))).toEqual(
      rows.map(({ nome, stored }) => ({ nome, counted: stored })),
    )
    console.info(`${answered.length} answers, ${ids.length} reservations, ${KILLS} kills, 0 lost`)
  },
  60_000 + KILLS * 60_000,
)
