import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseEnvironment, secretsOf } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { freePort, type TestDatabase, testDatabase } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLog } from '../src/index.ts'
import { startApi } from '../src/start-api.ts'
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
  unlicensed: async () => {
    simulator.control.unlicensed(true)
    return {}
  },
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

type Line = { problem?: string; msg: string }

/** Starts the API in this process, with the environment of the fleet and `change`; `lines` are its log. */
async function startWith(change: Readonly<Record<string, string>> = {}) {
  const environment = parseEnvironment({ ...apiEnvironment(database, simulator), ...change })
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  const api = await startApi(environment, createLog('info', destination, secretsOf(environment)))
  return { lines, stop: api.stop }
}

it.each([
  ['unreachable', /^Evolution does not answer at http:\/\/127\.0\.0\.1:\d+: .*Start it/],
  ['unlicensed', /^The licence of Evolution at http:.* is not activated.*\/manager/],
  ['not_evolution', /^The program that answers at http:.* is no Evolution API/],
  ['key_refused', /refuses EVOLUTION_API_KEY \(401\)/],
  ['database_away', /its own database does not \(500\).*restart Evolution/],
  ['key_of_one_instance', /token of one instance.*do not delete them/],
] as const)('a start warns: %s', async (problem, words) => {
  const { lines, stop } = await startWith(await ILL[problem]())
  try {
    const warning = () => lines.find((line) => line.problem === problem)
    await expect.poll(warning, { timeout: 60_000 }).toMatchObject({ msg: expect.stringMatching(words) })
    expect(JSON.stringify(warning())).not.toContain(simulator.control.instance('vendas').token)
  } finally {
    simulator.control.databaseAway(false)
    simulator.control.unlicensed(false)
    await stop()
  }
})

it('a start over an Evolution without problems does not warn', async () => {
  simulator.control.resetCalls()
  const { lines, stop } = await startWith()
  await expect
    .poll(() => simulator.control.calls().some(({ path }) => path.includes('fetchInstances')))
    .toBe(true)
  await stop()
  expect(lines.filter((line) => line.problem !== undefined)).toEqual([])
})
