import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { RecordInboundInput } from '../../src/contact/record-inbound.ts'
import { addInstances, clearFleet, type Sql } from '../support/fleet.ts'
import { stoppedClock } from './clock.ts'
import { hireWorker } from './crew.ts'
import { startDurablePostgres } from './durable-postgres.ts'

const NOW = '2026-03-10T13:20:00Z'
const WORKERS = 4
const NUMBERS = Array.from({ length: 9 }, (_, n) => `n${n}`)
const MESSAGES = 100

const postgres = await startDurablePostgres()
const crew = await Promise.all(
  Array.from({ length: WORKERS }, (_, index) => hireWorker(index, postgres.url, stoppedClock(NOW))),
)
const sql: Sql = async (text, values) => (await postgres.pool.query(text, values)).rows

afterAll(async () => {
  await Promise.all(crew.map((worker) => worker.kill()))
  await postgres.remove()
})

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, NUMBERS, { hour: 100_000, day: 100_000 })
})

const BRAZILIAN = '5547988887777'
const inClients = randomUUID()

it.each([
  ['a phone', [BRAZILIAN, '554788887777', '+55 (47) 98888-7777', '554788887777@s.whatsapp.net']],
  ['a contact of the bot', [inClients, inClients.toUpperCase()]],
  ['an id of another system', ['abc-1']],
])(
  '%s: a hundred messages to nine numbers and a hundred reserves in four processes at once end with the number of the newest message',
  { timeout: 180_000 },
  async (_what, ids) => {
    for (let round = 0; round < 6; round++) {
      await sql('truncate clientes, zapfleet.contacts, zapfleet.conversations, zapfleet.reservations')
      await sql(`insert into clientes (id, nome) values ($1, 'x')`, [inClients])
      const messages = Array.from(
        { length: MESSAGES },
        (_, n): RecordInboundInput => ({
          id: ids[n % ids.length] ?? '',
          instanceName: NUMBERS[(n * 7 + round) % NUMBERS.length] ?? '',
          at: new Date(Date.parse(NOW) - 1_000 * (1 + ((n * 37 + round) % MESSAGES))),
        }),
      )
      const newest = messages.reduce((one, other) => ((other.at ?? 0) > (one.at ?? 0) ? other : one))
      const events = await Promise.all(
        crew.flatMap((worker) => [
          worker.recordInbounds(messages.filter((_, n) => n % WORKERS === worker.index)),
          worker.reserve(
            Array.from({ length: MESSAGES / WORKERS }, (_, n) => ({ contactId: ids[n % ids.length] })),
          ),
        ]),
      )
      expect(events.flat().filter(({ ended }) => !ended.ok)).toEqual([])
      const next = await Promise.all(
        crew.map((worker) => worker.reserve(ids.map((contactId) => ({ contactId, fallback: 'refuse' })))),
      )
      expect(
        next
          .flat()
          .map((event) => event.verb === 'reserve' && event.ended.ok && event.ended.result.instanceName),
      ).toEqual(Array(WORKERS * ids.length).fill(newest.instanceName))
      const [row] = await sql(
        'select last_inbound_at at, last_inbound_instance instance from zapfleet.contacts',
      )
      expect(row).toEqual({ at: newest.at, instance: newest.instanceName })
      const talked = await sql(
        'select count(*)::int n, count(distinct contact_id)::int c from zapfleet.conversations',
      )
      expect(talked).toEqual([{ n: NUMBERS.length, c: 1 }])
    }
    expect(await postgres.deadlocks()).toEqual([])
  },
)
