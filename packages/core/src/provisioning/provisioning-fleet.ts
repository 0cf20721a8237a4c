import type { Call } from '../ground/call.ts'
import type { WebhookFleet } from '../webhook/webhook-fleet.ts'
import type { Pairings } from './pairings.ts'

/** What creating, pairing and changing instances needs of a fleet. */
export type ProvisioningFleet = WebhookFleet & { readonly pairings: Pairings }

export type ProvisioningCall = Call<ProvisioningFleet>
