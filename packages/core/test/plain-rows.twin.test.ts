import fc from 'fast-check'
import { expect, it } from 'vitest'
import { windowStats } from '../src/fleet/window-stats.ts'
import { lastRoundOf } from '../src/ground/moment.ts'
import { readMoment } from '../src/ground/read-moment.ts'
import { summarize, toHealth } from '../src/health/health.ts'
import { dailyLimit, fleetStats, healthSummary, listInstances, readFigures } from '../src/index.ts'
import { toInstance } from '../src/instance/instance.ts'
import { STATUSES } from '../src/instance/status.ts'
import { clearFleet, emptyTables, testFleet } from './support/fleet.ts'

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

const RAMP = {
  from: 1,
  to: 300,
  days: 30,
  startedOn: '2026-03-01',
  day: 10,
  heldBecause: null,
  advancedOn: '2026-03-10',
}

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
  drenando: fc.boolean(),
  novos_hora: maybe(fc.integer({ min: 0, max: 30 })),
  novos_dia: maybe(fc.integer({ min: 0, max: 300 })),
  novos_enviados_hora: fc.integer({ min: 0, max: 40 }),
  novos_enviados_dia: fc.integer({ min: 0, max: 400 }),
  novos_janela_hora: windowStart,
  novos_janela_dia: windowStart,
  // As many milliseconds as may have passed since a recent message.
  intervalo_min_ms: fc.constantFrom(0, 0, 1, 60_000, 3_600_000),
  rampa: maybe(fc.integer({ min: 1, max: 300 }).map((limitToday) => ({ ...RAMP, limitToday }))),
  horario: maybe(
    fc.constantFrom(
      [{ days: ['tue'], from: '10:00', to: '10:21' }],
      [{ days: ['mon', 'wed'], from: '00:00', to: '24:00' }],
      [
        { days: ['tue'], from: '00:00', to: '10:20' },
        { days: ['tue'], from: '10:21', to: '24:00' },
      ],
    ),
  ),
  entrega: maybe(fc.constantFrom('ok', 'failing')),
  restrita_desde: maybe(instant),
  restrita_ate: maybe(instant),
  restrita_fonte: maybe(fc.constantFrom('inferred', 'operator')),
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
  const day = windowStats(connected.map((one) => ({ capacity: dailyLimit(one), sent: one.sentToday })))
  const takesNew = connected.filter(
    ({ paused, duplicateOf, delivery, draining, restriction }) =>
      !paused && duplicateOf === null && delivery.state !== 'failing' && !draining && restriction === null,
  )
  const limited = takesNew.flatMap((one) => {
    const { newContactsPerDay: perDay, newContactsToday: sent } = one
    return perDay === null ? [] : [{ perDay, sent, left: dailyLimit(one) - one.sentToday }]
  })
  const sum = (figures: number[]) => figures.reduce((total, figure) => total + figure, 0)
  return {
    instances,
    summary: summarize(
      found.map((row) => toHealth(row, moment)),
      lastRoundOf(moment),
    ),
    stats: {
      total: instances.length,
      byStatus: Object.fromEntries(
        STATUSES.map((status) => [status, instances.filter((one) => one.status === status).length]),
      ),
      hour: windowStats(connected.map((one) => ({ capacity: one.hourlyCapacity, sent: one.sentThisHour }))),
      day,
      newContacts: {
        perDay: sum(limited.map(({ perDay }) => perDay)),
        sentToday: sum(limited.map(({ sent }) => sent)),
        remainingToday: sum(
          limited.map(({ perDay, sent, left }) => Math.max(0, Math.min(perDay - sent, left))),
        ),
        unlimited: takesNew.length - limited.length,
      },
      usedPercent: day.usedPercent,
    },
  }
}

it('lists, sums and health are byte for byte those of mapped rows, for any row', async () => {
  let listed = 0
  await fc.assert(
    fc.asyncProperty(rows, maybe(instant), async (given, lastRound) => {
      await clearFleet(sql)
      await emptyTables(sql, 'zapfleet.server_rounds')
      if (lastRound) await sql('insert into zapfleet.server_rounds (started_at) values ($1)', [lastRound])
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
    { numRuns: 90 },
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
