import type { EndpointFleet } from '../endpoint/endpoint-fleet.ts'
import type { Call } from '../ground/call.ts'
import type { AlertSender } from './open-alert-sender.ts'

/** What alert routes need of a fleet. */
export type RouteFleet = EndpointFleet & {
  readonly alertSender: AlertSender
  /** Where people open the page of this fleet, without a slash at its end; null: texts hold no link. */
  readonly pageUrl: string | null
}

export type RouteCall = Call<RouteFleet>
