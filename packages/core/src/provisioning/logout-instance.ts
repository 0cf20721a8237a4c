import type { Fleet } from '../fleet/fleet.ts'
import { fromEvolution } from '../ground/evolution-failure.ts'
import { onDatabase } from '../ground/on-database.ts'
import { recordLogout } from '../health/record-session-end.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { isNotFound, READ_MS, VERIFY_MS } from './is-on-evolution.ts'
import { missingThere } from './missing-on-evolution.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { readBack } from './read-back.ts'
import { retireCode } from './shown-codes.ts'

/**
 * Logs the phone out: the instance stays and needs a new scan. `verified`: Evolution was read until the session was over;
 * false when that took longer than 10 s. One that is not connected is logged out already.
 *
 * @throws FleetError NOT_FOUND (here, or on Evolution), EVOLUTION_*, CONFLICT, DATABASE_UNAVAILABLE
 */
export async function logoutInstance(
  fleet: Fleet,
  { name }: { name: string },
): Promise<{ name: string; verified: boolean }> {
  return oneAtATime(fleet, name, async (stillHeld) => {
    await findInstanceRow(fleet, name)
    stillHeld()
    let refusal: unknown = null
    let wasClosed = false
    try {
      wasClosed = !(await fleet.evolution.logout(name)).wasConnected
    } catch (error) {
      if (isNotFound(error)) throw missingThere(name, error)
      refusal = error
    }
    // Evolution answers before it is done, and now and then with an error although it is.
    const isOut = async (): Promise<boolean | undefined> => {
      const isOver = await isLoggedOut(fleet, name)
      // Of a line that is closed for a moment, since it reconnects or is replaced, Evolution ends no session.
      if (isOver === false && wasClosed)
        wasClosed = await fleet.evolution.logout(name).then(
          ({ wasConnected }) => !wasConnected,
          () => true,
        )
      return isOver
    }
    const verified = (await readBack(isOut, refusal === null ? VERIFY_MS : READ_MS)) === true
    if (!verified && refusal !== null) throw fromEvolution(refusal)
    if (verified) {
      retireCode(fleet, name)
      await recordLogout(fleet, { name })
      await onDatabase(() => fleet.engine.snapshot.refreshNames([name]))
    }
    fleet.log.info({ instance: name, verified }, 'instance logged out')
    return { name, verified }
  })
}

/** A line that reconnects reads close for moments; its record then still says open. */
async function isLoggedOut(fleet: Fleet, name: string): Promise<boolean | undefined> {
  try {
    const { state } = await fleet.evolution.connectionState(name, { timeoutMs: READ_MS })
    if (state !== 'close') return false
    const [record] = await fleet.evolution.fetchInstances({ name })
    return record?.connectionStatus !== 'open'
  } catch {
    return undefined
  }
}
