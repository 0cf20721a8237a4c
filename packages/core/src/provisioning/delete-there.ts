import type { Webhook } from '@zapfleet/evolution'
import { isNotFound, mayBeOnEvolution, VERIFY_MS } from './is-on-evolution.ts'
import type { StillHeld } from './one-at-a-time.ts'
import type { ProvisioningServerCall } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'

/** The effect of a call that was refused, or whose answer was lost, shows at once or not at all. */
const AFTER_REFUSAL_MS = 2_000

/**
 * Deletes an instance on a server and reads until it is gone. The webhook is removed first: Evolution calls it with the removal
 * and waits for its answer, for some twenty minutes, and a delete that waited so long would remove a new instance of the same name.
 *
 * @returns `isGone` undefined: it could not be read; `refusal`: what a call threw, null for nothing; `webhook`: the one that was removed
 * @throws FleetError DATABASE_UNAVAILABLE when the lease was lost
 */
export async function deleteThere(
  call: ProvisioningServerCall,
  name: string,
  stillHeld: StillHeld,
): Promise<{ isGone: boolean | undefined; refusal: unknown; webhook: Webhook | null }> {
  let webhook: Webhook | null = null
  let refusal: unknown = null
  try {
    webhook = await call.evolution.findWebhook(name)
    if (webhook?.enabled) {
      stillHeld()
      const { url } = webhook
      await call.evolution.setWebhook(name, { url, events: [], enabled: false })
    }
    stillHeld()
    await call.evolution.delete(name)
  } catch (error) {
    if (!isNotFound(error)) refusal = error
  }
  // A server error may hide a delete that happened, so it is read in any case.
  const isGone = await readBack(
    async () => {
      const there = await mayBeOnEvolution(call, name)
      return there === undefined ? undefined : !there
    },
    refusal === null ? VERIFY_MS : AFTER_REFUSAL_MS,
  )
  return { isGone, refusal, webhook }
}
