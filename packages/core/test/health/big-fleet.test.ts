import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, expect, it } from 'vitest'
import { callOf, checkAllInstances, healthSummary } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { eventsOf, writesOf } from './rounds.ts'

const SIZE = 1_000
const names = Array.from({ length: SIZE }, (_, index) => `n${index}`)

const simulator = await startSimulator({ latencyMs: 50 })
const client = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
let reading = 0
let mostReading = 0
const evolution: typeof client = {
  ...client,
  async connectionState(...order) {
    mostReading = Math.max(mostReading, ++reading)
    return client.connectionState(...order).finally(() => reading--)
  },
}
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
const { fleet, sql } = await testFleet({ evolution })

it('reads 1,000 instances once each, 20 at a time, writes nothing where nothing changed, and stops calling a hanging server after 20 timeouts', async () => {
  await addInstances(sql, names)
  for (const name of names) simulator.control.addInstance({ name })

  await checkAllInstances(callOf(fleet))
  expect(await healthSummary(fleet)).toMatchObject({ online: SIZE, total: SIZE })
  const before = await writesOf(sql)
  simulator.control.resetCalls()
  mostReading = 0
  await checkAllInstances(callOf(fleet))
  expect(await writesOf(sql)).toEqual(before)
  const read = simulator.control.calls({ route: 'instance/connectionState' }).map((call) => call.name)
  expect(read.sort()).toEqual([...names].sort())
  expect(mostReading).toBe(20)

  simulator.control.resetCalls()
  await simulator.control.outage('hang')
  await checkAllInstances(callOf(fleet))
  await simulator.control.outage(null)
  expect(simulator.control.calls().length).toBeLessThanOrEqual(40)

  expect(await sql('select distinct status from whatsapp_instances')).toEqual([{ status: 'connected' }])
  expect(await eventsOf(sql)).toEqual([])
})
