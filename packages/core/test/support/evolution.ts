import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll } from 'vitest'

/** A simulator and a client of it, with Evolution's own delays shortened; both end with the file's tests. */
export async function testEvolution(
  timeScale = 0.01,
): Promise<{ simulator: Simulator; evolution: Evolution }> {
  const simulator = await startSimulator({ timeScale })
  const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
  afterAll(async () => {
    await evolution.close()
    await simulator.close()
  })
  return { simulator, evolution }
}
