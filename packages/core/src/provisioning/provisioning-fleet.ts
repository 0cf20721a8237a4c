import type { Call } from '../ground/call.ts'
import type { OutcomeFleet } from '../outcome/outcome-fleet.ts'
import type { ServerCall } from '../server/on-server.ts'
import type { WebhookFleet } from '../webhook/webhook-fleet.ts'
import type { Pairings } from './pairings.ts'
import type { Placements } from './placements.ts'

/** What creating, pairing and changing instances needs of a fleet. */
export type ProvisioningFleet = WebhookFleet &
  Pick<OutcomeFleet, 'readBacks'> & {
    readonly pairings: Pairings
    readonly placements: Placements
  }

export type ProvisioningCall = Call<ProvisioningFleet>

/** A call on the server of the instance. */
export type ProvisioningServerCall = ServerCall<ProvisioningFleet>
