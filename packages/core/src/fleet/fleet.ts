import type { AlertFleet } from '../alert/alert-fleet.ts'
import type { RouteFleet } from '../alert/route-fleet.ts'
import type { DeliveryFleet } from '../delivery/delivery-fleet.ts'
import type { EventFeed } from '../events/open-event-feed.ts'
import type { Call } from '../ground/call.ts'
import type { SingleFlight } from '../ground/single-flight.ts'
import type { KeyFleet } from '../key/key-fleet.ts'
import type { ProvisioningFleet } from '../provisioning/provisioning-fleet.ts'
import type { SessionFleet } from '../session/session-fleet.ts'
import type { EvolutionConditions } from './evolution-conditions.ts'
import type { Readiness } from './readiness.ts'

/**
 * A fleet as one process has it open: its connections, what it keeps in memory, and the work that it runs. Each folder of
 * core declares the part that its verbs need.
 */
export type Fleet = AlertFleet &
  ProvisioningFleet &
  DeliveryFleet &
  KeyFleet &
  SessionFleet &
  RouteFleet & {
    readonly events: EventFeed
    /** By the name of the server. */
    readonly conditions: (server: string) => EvolutionConditions
    readonly readiness: SingleFlight<Readiness>
    /** See `closeFleet`. */
    close(): Promise<void>
  }

/** One request to a fleet, or one run of a job. */
export type FleetCall = Call<Fleet>
