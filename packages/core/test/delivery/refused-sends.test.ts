import { beforeEach, expect, it, vi } from 'vitest'
import { probeConnections } from '../../src/delivery/probe-connections.ts'
import {
  callOf,
  confirmReservation,
  getInstance,
  importInstances,
  instanceHistory,
  releaseReservation,
  reserve,
  watchDeliveries,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { clearFleet, testFleet } from '../support/fleet.ts'

const { simulator, evolution } = await testEvolution()
const { fleet, sql } = await testFleet({ evolution })
const NAMES = ['ana', 'bia', 'cris', 'dora', 'eva']
for (const name of NAMES) simulator.control.addInstance({ name })
const PATIENTLY = { timeout: 60_000, interval: 20 }

beforeEach(async () => {
  await clearFleet(sql)
  fleet.delivery.probedAt.clear()
  await importInstances(callOf(fleet), {})
  await sql(
    // Connected for so long that the connection is older than any failure, also one that is dated back.
    `update whatsapp_instances set status = 'connected', capacidade_hora = 1000, capacidade_dia = 1000, conectada_em = now() - interval '10 minutes'`,
  )
})

/** A bot as the guide has it: reserve, send, confirm or release, with another number where it was not sent. */
async function write(number: string): Promise<{ by: string; refused: string[] }> {
  const refused: string[] = []
  for (;;) {
    const { id, instanceName } = await reserve(
      fleet,
      { contactId: number, exclude: refused },
      { deadlineMs: 30_000 },
    )
    const verdict = await evolution.send(instanceName, { number, text: 'olá' })
    if (verdict.sent !== 'yes') {
      expect(verdict).toMatchObject({
        sent: 'no',
        why: 'line_down',
        words: expect.stringContaining('Closed'),
      })
      await releaseReservation(fleet, { id, cause: 'line_down' })
      refused.push(instanceName)
      continue
    }
    await confirmReservation(fleet, { id })
    return { by: instanceName, refused }
  }
}
const person = (n: number): string => `55119${87_000_000 + n}`
const reasons = async (name: string) =>
  (await instanceHistory(fleet, { name })).flatMap(({ reason, evidence }) =>
    reason === 'DELIVERING' || reason === 'NOT_DELIVERING' ? [`${reason} by ${evidence?.source}`] : [],
  )

it('a number that refuses every message while its state is open wastes three seats of 60, and comes back when a probe is answered', async () => {
  simulator.control.deadConnection('cris', 'closed')
  const served: Awaited<ReturnType<typeof write>>[] = []
  for (let n = 0; n < 60; n++) served.push(await write(person(n)))
  expect(new Set(served.map(({ by }) => by))).toEqual(new Set(['ana', 'bia', 'dora', 'eva']))
  expect(served.flatMap(({ refused }) => refused)).toEqual(['cris', 'cris', 'cris'])
  expect(await getInstance(fleet, { name: 'cris' })).toMatchObject({
    status: 'connected',
    delivery: { state: 'failing', reason: 'SENDS_REFUSED' },
    unavailableReason: 'NOT_DELIVERING',
    sentThisHour: 0,
  })
  // It stays out while the connection is dead, however long it rested.
  await rested()
  expect(await probeConnections(callOf(fleet))).toEqual([])

  simulator.control.deadConnection('cris', null)
  const ending = new AbortController()
  const watch = watchDeliveries(callOf(fleet), ending.signal, { judgeEveryMs: 50, probeEveryMs: 50 })
  await vi.waitFor(
    async () => expect((await getInstance(fleet, { name: 'cris' })).delivery.state).toBe('unproven'),
    PATIENTLY,
  )
  ending.abort()
  await watch
  expect(await reasons('cris')).toEqual(['DELIVERING by probe', 'NOT_DELIVERING by sends'])
  const again = await Promise.all(Array.from({ length: 10 }, (_, n) => write(person(100 + n))))
  expect(again.map(({ by }) => by)).toContain('cris')
})

it('a number that a probe brought back wastes one seat when it refuses again', async () => {
  simulator.control.deadConnection('cris', 'closed')
  for (let n = 200; n < 220; n++) await write(person(n))
  await rested()
  simulator.control.deadConnection('cris', null)
  expect(await probeConnections(callOf(fleet))).toEqual(['cris'])
  simulator.control.deadConnection('cris', 'closed')
  const served: Awaited<ReturnType<typeof write>>[] = []
  for (let n = 300; n < 320; n++) served.push(await write(person(n)))
  expect(served.flatMap(({ refused }) => refused)).toEqual(['cris'])
  // It rests again before the next probe.
  simulator.control.deadConnection('cris', null)
  await probeConnections(callOf(fleet))
  expect((await getInstance(fleet, { name: 'cris' })).delivery.state).toBe('failing')
})

/** Ends the rest of a number that failed, which is a minute. */
async function rested(): Promise<void> {
  await sql(
    `update whatsapp_instances set entrega_desde = entrega_desde - interval '61 seconds' where entrega = 'failing'`,
  )
}
