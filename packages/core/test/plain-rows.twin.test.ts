import fc from 'fast-check'
import { expect, it } from 'vitest'
import { windowStats } from '../src/fleet/window-stats.ts'
import { readMoment } from '../src/ground/read-moment.ts'
import { summarize, toHealth } from '../src/health/health.ts'
import { fleetStats, healthSummary, listInstances, readFigures } from '../src/index.ts'
import { toInstance } from '../src/instance/instance.ts'
import { STATUSES } from '../src/instance/status.ts'
import { clearFleet, testFleet } from './support/fleet.ts'

const NOW = '2026-03-10T13:20:00.123Z'
const { fleet, sql, clock } = await testFleet()
clock.set(NOW)

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 4 })
/** Of any year in which a phone was used, to the microsecond. */
const instant = fc
  .tuple(
    fc.date({ min: new Date('2019-01-01'), max: new Date('2031-01-01'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([at, micros]) => at.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`))
/** On both sides of the starts of the present hour and local day, by the millisecond. */
const windowStart = fc.oneof(
  fc.constantFrom(
    'epoch',
    '2026-03-10T12:59:59.999Z',
    '2026-03-10T13:00:00.000Z',
    '2026-03-10T13:00:00.001Z',
    '2026-03-10T02:59:59.999Z',
    '2026-03-10T03:00:00.000Z',
    '2026-03-11T03:00:00.000Z',
  ),
  fc
    .date({ min: new Date('2026-03-09'), max: new Date('2026-03-12'), noInvalidDate: true })
    .map((at) => at.toISOString()),
)
const counter = maybe(fc.integer({ min: -1, max: 300 }))
const text = (maxLength: number) =>
  maybe(fc.string({ unit: 'grapheme', maxLength }).map((one) => one.replaceAll('\0', '')))

const COLUMNS = {
  numero_telefone: text(10),
  status: maybe(fc.constantFrom(...STATUSES, 'open', 'Open', 'close', '', ' connected')),
  capacidade_hora: counter,
  capacidade_dia: counter,
  msgs_enviadas_hora: counter,
  msgs_enviadas_dia: counter,
  prioridade: maybe(fc.integer({ min: -5, max: 500 })),
  ultima_msg_at: maybe(instant),
  created_at: maybe(instant),
  janela_hora: windowStart,
  janela_dia: windowStart,
  pausada: fc.boolean(),
  pausa_motivo: text(30),
  removida_em: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, instant),
  status_motivo: maybe(
    fc.constantFrom('LOGGED_OUT_BY_PHONE', 'QR_LIMIT_REACHED', 'WRONG_PHONE', 'of another program', ''),
  ),
  status_desde: maybe(instant),
  estado_evolution: maybe(
    fc.constantFrom('open', 'connecting', 'close', 'error', 'unknown', 'of another program'),
  ),
  verificada_em: maybe(instant),
  silencios: fc.integer({ min: 0, max: 3 }),
  duplicata_de: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.constantFrom('a', 'ç')),
}
const NAMES = ['nome', ...Object.keys(COLUMNS)].join(', ')
const rows = fc.uniqueArray(
  fc.record({
    nome: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((one) => one.replaceAll('\0', '-')),
    ...COLUMNS,
  }),
  { maxLength: 40, selector: (row) => row.nome },
)

/** The instances as one mapped object a row, and the sums over them. */
async function mapped() {
  const moment = await readMoment(fleet)
  const found = await fleet.sql.prisma.instance.findMany({
    where: { removedAt: null },
    orderBy: { name: 'asc' },
  })
  const instances = found.map((row) => toInstance(row, moment)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const connected = instances.filter((one) => one.status === 'connected')
  const day = windowStats(connected.map((one) => ({ capacity: one.dailyCapacity, sent: one.sentToday })))
  return {
    instances,
    summary: summarize(
      found.map((row) => toHealth(row, moment)),
      moment.lastRoundAt,
    ),
    stats: {
      total: instances.length,
      byStatus: Object.fromEntries(
        STATUSES.map((status) => [status, instances.filter((one) => one.status === status).length]),
      ),
      hour: windowStats(connected.map((one) => ({ capacity: one.hourlyCapacity, sent: one.sentThisHour }))),
      day,
      usedPercent: day.usedPercent,
    },
  }
}

it('lists, sums and health are byte for byte those of mapped rows, for any row', async () => {
  let listed = 0
  await fc.assert(
    fc.asyncProperty(rows, maybe(instant), async (given, lastRound) => {
      await clearFleet(sql)
      await sql('truncate zapfleet.health_round')
      if (lastRound) await sql('insert into zapfleet.health_round (started_at) values ($1)', [lastRound])
      await sql(
        `insert into whatsapp_instances (${NAMES}) select ${NAMES} from json_populate_recordset(null::whatsapp_instances, $1::json)`,
        [JSON.stringify(given)],
      )
      const expected = await mapped()
      const all = await listInstances(fleet)
      listed += all.length
      expect(JSON.stringify(all)).toBe(JSON.stringify(expected.instances))
      expect(JSON.stringify(await listInstances(fleet, { availableOnly: true, status: ['connected'] }))).toBe(
        JSON.stringify(expected.instances.filter((one) => one.available)),
      )
      expect(JSON.stringify(await fleetStats(fleet))).toBe(JSON.stringify(expected.stats))
      expect((await readFigures(fleet)).available).toBe(
        expected.instances.filter((one) => one.available).length,
      )
      expect(JSON.stringify(await healthSummary(fleet))).toBe(JSON.stringify(expected.summary))
      const first = await listInstances(fleet, { first: 3 })
      expect(first).toHaveLength(Math.min(3, all.length))
      expect(all).toEqual(expect.arrayContaining(first))
    }),
    { numRuns: 60 },
  )
  expect(listed).toBeGreaterThan(200)
})

it('an instant that no Date can hold reads as none', async () => {
  await clearFleet(sql)
  await sql(
    "insert into whatsapp_instances (nome, status, ultima_msg_at, created_at, janela_hora) values ('a', 'connected', 'infinity', '-infinity', 'infinity')",
  )
  expect(await listInstances(fleet)).toMatchObject([
    { name: 'a', lastSentAt: null, createdAt: null, sentThisHour: 0 },
  ])
})
