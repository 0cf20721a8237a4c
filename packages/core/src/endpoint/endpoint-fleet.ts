import type { Call } from '../ground/call.ts'
import type { Sealer } from '../ground/seal.ts'
import type { FleetMetrics } from '../reservation/fleet-metrics.ts'
import type { ReservationFleet } from '../reservation/reservation-fleet.ts'
import type { WebhookSender } from './open-webhook-sender.ts'
import type { ReceiverNotices } from './receiver-notices.ts'

/** What webhook endpoints need of a fleet. */
export type EndpointFleet = ReservationFleet & {
  /** Seals the secrets that the database stores; null without ZAPFLEET_SECRET. */
  readonly sealer: Sealer | null
  readonly webhookSender: WebhookSender
  readonly receiverNotices: ReceiverNotices
  readonly metrics: FleetMetrics
}

export type EndpointCall = Call<EndpointFleet>
