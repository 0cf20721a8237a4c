import { setTimeout as rest } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { addInstances, type Sql } from '../support/fleet.ts'
import { auditHistory } from './audit-history.ts'
import type { FastClock } from './clock.ts'
import { startConductor } from './conductor.ts'
import { hireWorker, type Worker } from './crew.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { readHistory, type Transaction } from './history.ts'
import { createLedger, type Outage, type Standing } from './ledger.ts'
import type { Event } from './protocol.ts'
import { startWitness } from './witness.ts'

/** The shortest duration of the storm; longer for a soak. */
const SECONDS = Number(process.env.ZAPFLEET_EXACTNESS_SECONDS ?? 5)
/** In each, three workers are killed and the database is restarted twice. */
const ROUNDS = Math.max(1, Math.round(SECONDS / 20))
const PAUSE_MS = Math.min(2_400, SECONDS * 120)
const WORKERS = 4
const CALLERS = 32
/** One simulated hour every two seconds. */
const SPEED = 1_800
const SKEWS_MIN = [-7, 2, 9, -3]
const HAVEN = 'haven'
const NUMBERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

// 22:00 in São Paulo: midnight passes four seconds after the start.
const clockOf = (index: number): FastClock => ({
  realFromMs: startedAtMs,
  simulatedFromMs: Date.parse('2026-03-11T01:00:00Z'),
  speed: SPEED,
  skewMs: (SKEWS_MIN[index] ?? 0) * 60_000,
})

const postgres = await startDurablePostgres()
const startedAtMs = Date.now()
const sql: Sql = async (text, values) => (await postgres.pool.query(text, values)).rows
/** Restarts by the test, and times in which an independent client could not connect either. */
const outages: Outage[] = []
const restarts: Outage[] = []
const ledger = createLedger(HAVEN, outages)
const crew = new Map<number, Worker>()
let hired = 0

const hire = async (index: number): Promise<void> => {
  const receive = (events: Event[]): void => {
    ledger.enter(events)
    // One grant of eight is sent to another process, which may complete it as well.
    const ids = events.flatMap((event) =>
      event.verb === 'reserve' && event.ended.ok ? [event.ended.result.id] : [],
    )
    crew.get((index + 1) % WORKERS)?.completeAlso(ids.filter((_, number) => number % 8 === 0))
  }
  const worker = await hireWorker(index, postgres.url, clockOf(index), receive)
  crew.set(index, worker)
  await worker.chaos({ callers: CALLERS, seed: ++hired * 101, instances: NUMBERS, haven: HAVEN })
}

/** SIGKILL during a batch, and a replacement. */
const replace = async (index: number): Promise<void> => {
  await crew.get(index)?.kill()
  await hire(index)
}

const restart = async (how: 'in order' | 'kill -9'): Promise<void> => {
  const outage = { fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY }
  outages.push(outage)
  restarts.push(outage)
  await postgres.restart(how)
  outage.toMs = Date.now()
}

async function stormRound(round: number): Promise<void> {
  await rest(PAUSE_MS)
  await replace((round + 1) % WORKERS)
  await rest(PAUSE_MS)
  await restart('in order')
  await rest(PAUSE_MS)
  await replace((round + 2) % WORKERS)
  await rest(PAUSE_MS)
  // One is killed, and its replacement starts, while the database is down or has just returned.
  await Promise.all([restart('kill -9'), replace((round + 3) % WORKERS)])
  await rest(PAUSE_MS)
}

afterAll(async () => {
  await Promise.all([...crew.values()].map((worker) => worker.kill()))
  await postgres.remove()
})

describe('under load, with killed processes, a restarting database and changing settings', () => {
  it(
    'every send is counted exactly once, and every answer is true',
    async () => {
      await addInstances(sql, [HAVEN], { hour: 1_000_000, day: 1_000_000 })
      for (const [place, name] of NUMBERS.entries())
        await addInstances(sql, [name], { hour: 30 + place * 5, day: 200, priority: place + 1 })
      await sql(`update whatsapp_instances set novos_hora = 8, novos_dia = 12 where nome in ('e', 'f')`)
      await sql(`update whatsapp_instances set intervalo_min_ms = 45000 where nome in ('f', 'g')`)
      await sql(
        `insert into clientes (id, nome) select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'x' from generate_series(0, 1000, 2) n`,
      )
      await Promise.all(Array.from({ length: WORKERS }, (_, index) => hire(index)))
      const conductor = await startConductor(postgres.url, clockOf(0), NUMBERS)
      const witness = startWitness(postgres.url, outages)
      const history: Transaction[] = []
      try {
        for (let round = 0; round < ROUNDS; round++) await stormRound(round)
        // The load ends when each kind of event has occurred often enough, however long that takes.
        await vi.waitFor(
          async () => {
            expect(ledger.counts['reserve NO_CAPACITY']).toBeGreaterThan(500)
            expect(conductor.changes.capacities).toBeGreaterThan(10)
            expect(Object.keys(conductor.changes)).toHaveLength(10)
            expect(conductor.changes.phone).toBeGreaterThan(10)
            expect(ledger.counts['release CONFLICT']).toBeGreaterThan(0)
            expect(ledger.counts['reserve CONFLICT']).toBeGreaterThan(0)
            history.push(...(await readHistory(postgres.pool)))
            const { timesFull, capacityChanges, duplicateChanges, ...seen } = auditHistory(history)
            expect(seen.newContactsBack).toBeGreaterThan(0)
            expect(seen.timesFullOfNew).toBeGreaterThan(2)
            expect(seen.waiting).toBeGreaterThan(5)
            expect(timesFull).toBeGreaterThan(25)
            expect(capacityChanges).toBeGreaterThan(10)
            expect(duplicateChanges).toBeGreaterThan(0)
          },
          { timeout: 420_000, interval: 1_000 },
        )
        await Promise.all([...crew.values()].map((worker) => worker.rest()))
      } finally {
        await Promise.all([conductor.rest(), witness.rest()])
      }

      expect(ledger.problems).toEqual([])
      expect(conductor.failures).toEqual([])
      expect(await postgres.deadlocks()).toEqual([])
      const { rows } = await postgres.pool.query<Standing & { k: string | null }>(
        `select r.id, r.instance_name, r.contact_id, r.state, k.key k
         from zapfleet.reservations r left join zapfleet.idempotency_keys k on k.reservation_id = r.id`,
      )
      const standing = new Map(rows.map((row) => [row.id, row]))
      const keys = new Map(rows.flatMap((row) => (row.k === null ? [] : [[row.k, row] as const])))
      expect(ledger.compare(standing, keys)).toEqual([])
      const stored = await sql('select count(*)::int n from zapfleet.idempotency_keys')
      expect(stored).toEqual([{ n: keys.size }])

      history.push(...(await readHistory(postgres.pool)))
      const audit = auditHistory(history)
      expect(audit.problems).toEqual([])
      expect(audit.granted).toBe(standing.size)
      expect(audit.recorded).toBeGreaterThanOrEqual(ledger.recorded.surely)
      expect(audit.recorded).toBeLessThanOrEqual(ledger.recorded.perhaps)

      const counters = await postgres.pool.query<Counters>(
        `select i.nome, i.msgs_enviadas_hora h, i.msgs_enviadas_dia d, i.janela_hora, i.janela_dia,
         (select count(*)::int from zapfleet.reservations r where r.instance_name = i.nome and state <> 'released' and r.hour_window = i.janela_hora) rh,
         (select count(*)::int from zapfleet.reservations r where r.instance_name = i.nome and state <> 'released' and r.day_window = i.janela_dia) rd
       from whatsapp_instances i`,
      )
      for (const { nome, h, d, rh, rd, janela_hora, janela_dia } of counters.rows) {
        const inHour = recordedOf(audit.recordedIn, nome, { hour: janela_hora.getTime() })
        const inDay = recordedOf(audit.recordedIn, nome, { day: janela_dia.getTime() })
        expect([nome, h, d]).toEqual([nome, rh + inHour, rd + inDay])
      }

      expect(
        await sql(
          `select contact_id from zapfleet.reservations where preference = 'assigned' group by 1 having count(*) > 1`,
        ),
      ).toEqual([])
      expect(await sql(PREFERRING_NOBODY)).toEqual([])

      // Workers recover without help: at least one was running before both of the last outages.
      for (const worker of crew.values()) {
        const [event] = await worker.reserve([{ strategy: 'least_loaded' }])
        expect(event?.ended.ok).toBe(true)
        expect(ledger.lastGrantMs.get(worker.index)).toBeGreaterThan(restarts.at(-1)?.toMs ?? 0)
      }
      expect(Math.min(...[...crew.values()].map((one) => one.hiredAtMs))).toBeLessThan(
        restarts.at(-2)?.fromMs ?? 0,
      )
    },
    SECONDS * 3_000 + 480_000,
  )
})

type Counters = {
  nome: string
  h: number
  d: number
  rh: number
  rd: number
  janela_hora: Date
  janela_dia: Date
}

const PREFERRING_NOBODY = `with p as (
    select id, preferred_instance n from zapfleet.contacts
    union all select id::text, instancia_preferida from clientes)
  select id, n from p where n is not null
    and not exists (select from zapfleet.reservations r where r.contact_id = p.id and r.instance_name = n)`

/** Recorded sends of an instance in one hour window or in one day window. */
function recordedOf(
  recordedIn: Map<string, number>,
  name: string,
  window: { hour?: number; day?: number },
): number {
  let sum = 0
  for (const [key, count] of recordedIn) {
    const [of, hour, day] = key.split('|')
    if (of !== name) continue
    if (window.hour !== undefined ? Number(hour) === window.hour : Number(day) === window.day) sum += count
  }
  return sum
}
