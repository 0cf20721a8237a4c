import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { FleetError } from '../ground/fleet-error.ts'
import { holdLease, releaseLease } from '../ground/hold-lease.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'

/** How long a lease lasts that is not renewed because its process died. */
const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000
/** Longer than a dead process's lease lasts. */
const WAIT_MS = 15_000
const ASK_EVERY_MS = 100

/** Throws when the lease was lost: what would be done next may be another's to do by now. */
export type StillHeld = () => void

/**
 * Runs `act` while no other call, in any process, creates, deletes, restarts or logs out this instance. A lease row, renewed
 * while `act` runs: no transaction is open during it, and a killed process blocks others for ten seconds at most.
 *
 * @throws FleetError CONFLICT when another call did not end within 15 s (`waitMs`), DATABASE_UNAVAILABLE
 */
export async function oneAtATime<Result>(
  call: ProvisioningCall,
  name: string,
  act: (stillHeld: StillHeld) => Promise<Result>,
  { waitMs = WAIT_MS }: { waitMs?: number } = {},
): Promise<Result> {
  const lease = { name: `instance:${name}`, holder: randomUUID() }
  const untilMs = performance.now() + waitMs
  let heldUntilMs = 0
  const hold = async (): Promise<boolean> => {
    const askedAtMs = performance.now()
    const { held } = await holdLease(call.fleet, { ...lease, forMs: LEASE_MS })
    if (held) heldUntilMs = askedAtMs + LEASE_MS
    return held
  }
  while (!(await hold())) {
    if (performance.now() >= untilMs) {
      const message = `Another call is working on "${name}" and has not ended. Check the instance, then try again.`
      throw new FleetError('CONFLICT', message, { conflict: 'busy' })
    }
    await pause(ASK_EVERY_MS)
  }
  const renewing = setInterval(() => {
    hold().catch((error) => {
      call.log.warn({ instance: name, err: error }, 'the lease on an instance could not be renewed')
    })
  }, RENEW_EVERY_MS)
  try {
    return await act(() => {
      if (performance.now() < heldUntilMs) return
      const message = `The database was away while "${name}" was worked on, so it was left as it is. Call again: it continues from there.`
      throw new FleetError('DATABASE_UNAVAILABLE', message)
    })
  } finally {
    clearInterval(renewing)
    // A lease that is not released expires.
    await releaseLease(call.fleet, lease).catch(() => {})
  }
}
