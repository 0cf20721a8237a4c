import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { ADMIN_KEY, type ApiFleet, BOT_KEY, startApiFleet } from '@zapfleet/testing'
import { createFleetClient, type FleetClient } from '../src/index.ts'

export { ADMIN_KEY, BOT_KEY }

/** A fleet behind its API, with the admin's client. */
export type TestFleet = ApiFleet & {
  simulator: Simulator
  admin: FleetClient
  /** Makes connected numbers, with the default capacities (20 an hour) unless given. */
  addNumbers(
    names: readonly string[],
    capacity?: { hourlyCapacity?: number; dailyCapacity?: number },
  ): Promise<void>
}

/** Starts the simulator, the API and a client; takes some 3 s. */
export async function startTestFleet(): Promise<TestFleet> {
  const simulator = await startSimulator({ timeScale: 0.01 })
  const fleet = await startApiFleet(simulator)
  const admin = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY })
  return {
    ...fleet,
    simulator,
    admin,
    async addNumbers(names, capacity = {}) {
      for (const name of names) simulator.control.addInstance({ name })
      await admin.instance.import.mutate({})
      await Promise.all(names.map((name) => admin.instance.update.mutate({ name, ...capacity })))
      await admin.health.checkAll.mutate({})
    },
  }
}
