import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, expect, it } from 'vitest'
import { checkAllInstances, healthSummary } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { eventsOf, writesOf } from './rounds.ts'

const SIZE = 1_000
const names = Array.from({ length: SIZE }, (_, index) => `n${index}`)

const simulator = await startSimulator({ latencyMs: 50 })
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
const { fleet, sql } = await testFleet({ evolution })

const tookMs = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAtMs = performance.now()
  await work()
  return Math.round(performance.now() - startedAtMs)
}

it('reads 1,000 instances that answer in 50 ms within seconds, writes nothing where nothing changed, and a hanging server ends a round in 10 s', async () => {
  await addInstances(sql, names)
  for (const name of names) simulator.control.addInstance({ name })

  const first = await tookMs(() => checkAllInstances(fleet))
  expect(await healthSummary(fleet)).toMatchObject({ online: SIZE, total: SIZE })
  const before = await writesOf(sql)
  const second = await tookMs(() => checkAllInstances(fleet))
  expect(await writesOf(sql)).toEqual(before)

  simulator.control.resetCalls()
  await simulator.control.outage('hang')
  const hanging = await tookMs(() => checkAllInstances(fleet))
  await simulator.control.outage(null)
  expect(simulator.control.calls().length).toBeLessThanOrEqual(40)

  console.log(
    `a round of ${SIZE}: ${first} ms with all to store, ${second} ms with nothing; hanging: ${hanging} ms`,
  )
  // On a free machine 1,000 / 20 × 50 ms and a little; this one is shared.
  expect(second).toBeLessThan(20_000)
  expect(hanging).toBeLessThan(10_000)
  expect(await sql('select distinct status from whatsapp_instances')).toEqual([{ status: 'connected' }])
  expect(await eventsOf(sql)).toEqual([])
}, 90_000)
