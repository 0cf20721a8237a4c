import { createEvolution, type SendVerdict } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { callOf, reportOutcomes } from '../../src/index.ts'
import { readBackOutcomes } from '../../src/outcome/read-back.ts'
import { readCoverage } from '../../src/outcome/read-coverage.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const simulator = await startSimulator({ timeScale: 0 })
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
const { fleet, sql, clock } = await testFleet({ evolution })
const { control } = simulator
const START = Date.parse('2026-05-05T12:00:00Z')
const PHONE = '5511977776666'
const wait = { timeout: 60_000, interval: 50 }

afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.unmatched_outcomes, zapfleet.hourly_outcomes, zapfleet.event_coverage')
  fleet.readBacks.emptyInARow = 0
  at(0)
})

function at(seconds: number): void {
  clock.set(new Date(START + seconds * 1_000).toISOString())
}

function messageIdOf(verdict: SendVerdict): string {
  if (verdict.sent !== 'yes') throw new Error(`expected a send, came ${JSON.stringify(verdict)}`)
  return verdict.messageId
}

/** Messages that Evolution took and that were confirmed; no event arrives of them. */
async function sendMany(name: string, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < count; at++)
    ids.push(messageIdOf(await evolution.send(name, { number: PHONE, text: 'hello' })))
  await sql(
    `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, state, hour_window, day_window, reserved_at, message_id)
     select gen_random_uuid(), $1, 'c' || ord, 'sticky', 'kept', 'confirmed', date_trunc('hour', $2::timestamptz), date_trunc('day', $2::timestamptz), $2, id
     from unnest($3::text[]) with ordinality m(id, ord)`,
    [name, clock.at, ids],
  )
  return ids
}

const outcomes = async (): Promise<unknown[]> =>
  (await sql('select outcome from zapfleet.reservations order by contact_id')).map((row) => row.outcome)

function readCalls(): number {
  return control.calls().filter(({ path }) => path.includes('findStatusMessage')).length
}

it('finds the outcome of a message whose events were lost, at the ages of 90 s, 15 minutes and 3 hours', async () => {
  control.addInstance({ name: 'vendas' })
  await addInstances(sql, ['vendas'])
  const [id = ''] = await sendMany('vendas', 1)
  const run = () => readBackOutcomes(callOf(fleet))
  control.resetCalls()
  at(89)
  expect([await run(), readCalls()]).toEqual([{ changed: 0 }, 0])
  at(90)
  expect([await run(), readCalls()]).toEqual([{ changed: 0 }, 1])
  control.receipts('vendas', id, ['DELIVERY_ACK'])
  await expect.poll(() => evolution.findStatuses('vendas', id), wait).toEqual(['DELIVERY_ACK'])
  at(899)
  expect(await run()).toEqual({ changed: 0 })
  at(900)
  expect([await run(), await outcomes()]).toEqual([{ changed: 1 }, ['delivered']])
  control.resetCalls()
  at(10_800)
  expect([await run(), readCalls()]).toEqual([{ changed: 0 }, 0])
})

it('writes nothing while no message is due', async () => {
  control.addInstance({ name: 'quieto' })
  await addInstances(sql, ['quieto'])
  await sendMany('quieto', 1)
  const statements = vi.fn()
  const run: typeof fleet.sql.run = (one, values) => {
    statements()
    return fleet.sql.run(one, values)
  }
  const counting = callOf({ ...fleet, sql: { ...fleet.sql, run } })
  at(89)
  await readBackOutcomes(counting)
  expect(statements).not.toHaveBeenCalled()
  at(90)
  await readBackOutcomes(counting)
  expect(statements).toHaveBeenCalledTimes(1)
})

it('reads a message three times at most, and few messages while Evolution has no status', async () => {
  control.addInstance({ name: 'suporte' })
  await addInstances(sql, ['suporte'])
  await sendMany('suporte', 60)
  control.resetCalls()
  const calls: number[] = []
  for (const seconds of [90, 100, 110, 900, 10_800, 20_000]) {
    at(seconds)
    await readBackOutcomes(callOf(fleet))
    calls.push(readCalls())
  }
  // 50 of 60; then 2 in a run, since 50 in a row had no status.
  expect(calls).toEqual([50, 52, 54, 56, 58, 60])
  expect(await sql('select max(read_backs) most from zapfleet.reservations')).toEqual([
    { most: expect.any(Number) },
  ])
  expect(
    Number((await sql('select max(read_backs) most from zapfleet.reservations'))[0]?.most),
  ).toBeLessThanOrEqual(3)
})

it('reads nothing of numbers that are not connected, and ends when Evolution does not answer', async () => {
  control.addInstance({ name: 'cobranca' })
  await addInstances(sql, ['cobranca'])
  await sendMany('cobranca', 20)
  at(90)
  await sql(`update whatsapp_instances set status = 'disconnected'`)
  control.resetCalls()
  expect([await readBackOutcomes(callOf(fleet)), readCalls()]).toEqual([{ changed: 0 }, 0])
  await sql(`update whatsapp_instances set status = 'connected'`)
  control.unlicensed(true)
  expect(await readBackOutcomes(callOf(fleet))).toEqual({ changed: 0 })
  expect(readCalls()).toBeLessThanOrEqual(4)
  control.unlicensed(false)
})

it('the coverage names the numbers with events and those that send without one', async () => {
  expect(await readCoverage(fleet)).toEqual({
    source: null,
    coveredNumbers: [],
    blindNumbers: [],
    lastEventAt: null,
  })
  await addInstances(sql, ['covered', 'blind', 'idle', 'away'])
  await sql(`update whatsapp_instances set ultima_msg_at = $1 where nome in ('covered', 'blind', 'away')`, [
    clock.at,
  ])
  await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'away'`)
  await reportOutcomes(fleet, {
    events: [{ instanceName: 'covered', messageId: 'an-unknown-message', status: 'delivered' }],
  })
  expect(await readCoverage(fleet)).toEqual({
    source: 'report',
    coveredNumbers: ['covered'],
    blindNumbers: ['blind'],
    lastEventAt: new Date(START).toISOString(),
  })
  at(86_401)
  expect(await readCoverage(fleet)).toMatchObject({ source: null, coveredNumbers: [], blindNumbers: [] })
})
