import { createEvolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll } from 'vitest'
import { addServer, callOf, createSealer, type FleetConfig } from '../../src/index.ts'
import { type TestFleet, testFleet } from '../support/fleet.ts'

export const SECRET = 'several-servers-0123456789-abcdefg'

export type SeveralServers = TestFleet & {
  /** The default server first, then those named. */
  simulators: Simulator[]
}

/** A fleet with the default server and one further for each name, each a simulator of its own. */
export async function severalServers(
  names: readonly string[],
  config: Partial<FleetConfig> = {},
): Promise<SeveralServers> {
  const simulators = await Promise.all(['default', ...names].map(() => startSimulator({ timeScale: 0.01 })))
  const [first, ...others] = simulators
  if (first === undefined) throw new Error('there is a default server')
  const evolution = createEvolution({ url: first.url, apiKey: first.apiKey })
  const test = await testFleet({
    evolution,
    evolutionAt: { url: first.url, apiKey: first.apiKey },
    sealer: createSealer(SECRET),
    ...config,
  })
  afterAll(async () => {
    await evolution.close()
    await Promise.all(simulators.map((one) => one.close()))
  })
  for (const [at, name] of names.entries()) {
    const { url, apiKey } = others[at] as Simulator
    await addServer(callOf(test.fleet), { name, url, apiKey })
  }
  return { ...test, simulators }
}
