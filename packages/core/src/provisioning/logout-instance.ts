import { recordLogout } from '../health/record-session-end.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { failureOf, onServerOf } from '../server/on-server.ts'
import { isNotFound, isUnlicensed, READ_MS, VERIFY_MS } from './is-on-evolution.ts'
import { missingOnEvolution } from './missing-on-evolution.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { pairingOf } from './pairings.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'

/**
 * Logs the phone out: the instance stays and needs a new scan. `verified`: Evolution was read until the session was over;
 * false when that took longer than 10 s. One that is not connected is logged out already.
 *
 * @throws FleetError NOT_FOUND (here, or on Evolution), EVOLUTION_*, CONFLICT, DATABASE_UNAVAILABLE
 */
export async function logoutInstance(
  given: ProvisioningCall,
  { name }: { name: string },
): Promise<{ name: string; verified: boolean }> {
  return oneAtATime(given, name, async (stillHeld) => {
    await findInstanceRow(given.fleet, name)
    const call = await onServerOf(given, name)
    stillHeld()
    let refusal: unknown = null
    let wasClosed = false
    try {
      wasClosed = !(await call.evolution.logout(name)).wasConnected
    } catch (error) {
      if (isNotFound(error)) throw missingOnEvolution(name, error)
      if (isUnlicensed(error)) throw failureOf(call, error)
      refusal = error
    }
    // Evolution answers before it is done, and sometimes with an error although it is.
    const isOut = async (): Promise<boolean | undefined> => {
      const isOver = await isLoggedOut(call, name)
      // While a connection is closed for a moment, since it reconnects or is replaced, Evolution ends no session.
      if (isOver === false && wasClosed)
        wasClosed = await call.evolution.logout(name).then(
          ({ wasConnected }) => !wasConnected,
          () => true,
        )
      return isOver
    }
    const verified = (await readBack(isOut, refusal === null ? VERIFY_MS : READ_MS)) === true
    if (!verified && refusal !== null) throw failureOf(call, refusal)
    if (verified) {
      call.fleet.pairings.codes.retire(pairingOf(call, name))
      await recordLogout(call, { name })
      await call.fleet.engine.snapshot.refreshNames([name])
    }
    call.log.info({ instance: name, verified }, 'instance logged out')
    return { name, verified }
  })
}

/** An instance that reconnects reads close for moments; its record then still reads open. */
async function isLoggedOut(call: ProvisioningServerCall, name: string): Promise<boolean | undefined> {
  try {
    const { state } = await call.evolution.connectionState(name, { timeoutMs: READ_MS })
    if (state !== 'close') return false
    const [record] = await call.evolution.fetchInstances({ name })
    return record?.connectionStatus !== 'open'
  } catch {
    return undefined
  }
}
