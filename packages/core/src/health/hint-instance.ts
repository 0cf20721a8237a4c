import { FleetError } from '../ground/fleet-error.ts'
import { serverIn } from '../selection/pools.ts'
import { onServer } from '../server/on-server.ts'
import { readAndStoreInstance } from './check-instances.ts'
import type { HealthCall, HealthFleet } from './health-fleet.ts'
import { runRoundOf } from './run-round.ts'

/** The shortest time between two checks of one instance that hints cause. */
const APART_MS = 250

/**
 * A hint that something happened to an instance: its live state is read soon, and only that reading is used. Returns at once
 * and never throws. Hints of one instance are coalesced: one check at a time, at most one more after it, at most one in
 * 250 ms. Names that are not registered are ignored. Errors are logged.
 */
export function hintInstance(call: HealthCall, name: string, source: 'webhook'): void {
  call.fleet.hints.start(name, async (isAgain) => {
    try {
      if (!(await isRegistered(call.fleet, name))) return
      do {
        const rest = new Promise((resolve) => setTimeout(resolve, APART_MS))
        await check(call, name)
        await rest
      } while (isAgain())
    } catch (error) {
      call.log.warn({ instance: name, source, err: error }, 'a hint about an instance was not followed')
    }
  })
}

/** Waits until every hint given so far was followed; for tests and for a clean stop. */
export async function waitForHints(fleet: HealthFleet): Promise<void> {
  await fleet.hints.idle()
}

async function check(call: HealthCall, name: string): Promise<void> {
  const { engine, serverHealth } = call.fleet
  const server = serverIn(engine.snapshot.pools, name)
  const { limit, crowd } = serverHealth(server)
  try {
    const outcome = await readAndStoreInstance(call, name, { source: 'webhook', limit, crowd })
    if (outcome === 'one_of_many') await runRoundOf(await onServer(call, server))
  } catch (error) {
    // It was removed a moment ago.
    if (!(error instanceof FleetError && error.code === 'NOT_FOUND')) throw error
  }
}

/** By the snapshot in memory, which is read again at most once a second while unknown names arrive. */
async function isRegistered({ engine, hints }: HealthFleet, name: string): Promise<boolean> {
  const { all } = engine.snapshot.pools
  if (all.get(name)) return true
  await hints.names.run(() => engine.snapshot.refresh())
  return all.get(name) !== undefined
}
