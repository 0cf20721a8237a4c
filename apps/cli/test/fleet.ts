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

/** Starts everything. Codes of the simulator live until it is told otherwise. */
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
