import type { Call } from '../ground/call.ts'
import type { HealthFleet } from '../health/health-fleet.ts'
import type { Intake } from '../outcome/open-intake.ts'
import type { ServerCall } from '../server/on-server.ts'
import type { Webhooks } from './webhooks.ts'

/** What webhooks need of a fleet. */
export type WebhookFleet = HealthFleet & {
  readonly intake: Intake
  /** Where Evolution reaches this API, without a slash at its end; null: webhooks are not registered. */
  readonly publicUrl: string | null
  readonly webhooks: Webhooks
}

export type WebhookCall = Call<WebhookFleet>

/** A call on the server of the instance. */
export type WebhookServerCall = ServerCall<WebhookFleet>
