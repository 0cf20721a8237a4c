import { createFleetClient, type FleetClient } from '@zapfleet/client'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { ADMIN_KEY, type ApiFleet, BOT_KEY, freePort, startApiFleet } from '@zapfleet/testing'

export { ADMIN_KEY, BOT_KEY }

/** A fleet behind its API, with webhooks from its Evolution; the log has the level debug. */
export type TestFleet = ApiFleet & { simulator: Simulator; admin: FleetClient }

/** Starts the simulator and the API; takes some seconds. */
export async function startFleet(): Promise<TestFleet> {
  // A QR code is shown until `control.expireQr`: a slow browser takes longer than any scaled lifetime.
  const [simulator, port] = await Promise.all([startSimulator({ timeScale: 0, qrLimit: 6 }), freePort()])
  const url = `http://127.0.0.1:${port}`
  const fleet = await startApiFleet(simulator, {
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: 'debug',
    // Receivers of alerts in tests are on this machine.
    ALERTS_ALLOW_PRIVATE: 'true',
  })
  return { ...fleet, simulator, admin: createFleetClient({ url, apiKey: ADMIN_KEY }) }
}
