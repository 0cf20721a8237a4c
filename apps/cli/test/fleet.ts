import { createFleetClient, type FleetClient } from '@zapfleet/client'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { ADMIN_KEY, type ApiFleet, BOT_KEY, startApiFleet } from '@zapfleet/testing'

export { ADMIN_KEY, BOT_KEY }

/** A fleet behind its API, with the admin's client. */
export type TestFleet = ApiFleet & {
  simulator: Simulator
  admin: FleetClient
  /** Makes connected numbers. */
  addNumbers(...names: string[]): Promise<void>
}

/** Starts the simulator and the API. Codes of the simulator do not expire by themselves. */
export async function startTestFleet(): Promise<TestFleet> {
  const simulator = await startSimulator({ timeScale: 0, qrLimit: 3 })
  const fleet = await startApiFleet(simulator)
  const admin = createFleetClient({ url: fleet.url, apiKey: ADMIN_KEY })
  return {
    ...fleet,
    simulator,
    admin,
    async addNumbers(...names) {
      for (const name of names) simulator.control.addInstance({ name })
      await admin.instance.import.mutate({})
      await admin.health.checkAll.mutate({})
    },
  }
}
