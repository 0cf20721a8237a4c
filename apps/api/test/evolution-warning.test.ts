import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { freePort, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiEnvironment } from './fleet-api.ts'

let database: TestDatabase
let simulator: Simulator
const stranger = createServer((_, response) => response.writeHead(404).end('<html>no such page</html>'))
beforeAll(async () => {
  ;[database, simulator] = await Promise.all([testDatabase(), startSimulator()])
  simulator.control.addInstance({ name: 'vendas', state: 'open' })
  simulator.control.addInstance({ name: 'suporte', state: 'open' })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  stranger.close()
  await simulator.close()
  await database.drop()
})

const ILL = {
  unreachable: async () => ({ EVOLUTION_API_URL: `http://127.0.0.1:${await freePort()}` }),
  not_evolution: async () => ({
    EVOLUTION_API_URL: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`,
  }),
  key_refused: async () => ({ EVOLUTION_API_KEY: 'another' }),
  database_away: async () => {
    simulator.control.databaseAway(true)
    return {}
  },
  key_of_one_instance: async () => ({ EVOLUTION_API_KEY: simulator.control.instance('vendas').token }),
}

it.each([
  ['unreachable', /^Evolution does not answer at http:\/\/127\.0\.0\.1:\d+: .*Start it/],
  ['not_evolution', /^The program that answers at http:.* is no Evolution API/],
  ['key_refused', /refuses EVOLUTION_API_KEY \(401\)/],
  ['database_away', /its own database does not \(500\).*restart Evolution/],
  ['key_of_one_instance', /token of one instance.*do not delete them/],
] as const)('a start warns: %s', async (problem, words) => {
  const change = await ILL[problem]()
  const api = await runApp('api', { ...apiEnvironment(database, simulator), ...change })
  try {
    await api.logLine('the API is ready')
    const warning = () => api.lines().find((line) => line.problem === problem)
    await expect.poll(warning, { timeout: 60_000 }).toMatchObject({ msg: expect.stringMatching(words) })
    expect(JSON.stringify(warning())).not.toContain(simulator.control.instance('vendas').token)
  } finally {
    simulator.control.databaseAway(false)
    await api.end('SIGTERM')
  }
})

it('a start over an Evolution that is well does not warn', async () => {
  const api = await runApp('api', apiEnvironment(database, simulator))
  await api.logLine('the API is ready')
  await expect
    .poll(() => simulator.control.calls().some(({ path }) => path.includes('fetchInstances')))
    .toBe(true)
  await api.end('SIGTERM')
  expect(api.stdout()).not.toContain('"problem"')
})
