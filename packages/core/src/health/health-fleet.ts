import type { Background } from '../ground/background.ts'
import type { Call } from '../ground/call.ts'
import type { SharedFor } from '../ground/share-for.ts'
import type { Engine } from '../reservation/engine.ts'
import type { ServerCall, ServerFleet } from '../server/on-server.ts'
import type { ConnectionWatches } from './connection-watches.ts'
import type { HealthSummary } from './health.ts'
import type { Hints } from './hints.ts'
import type { ServersHealth } from './server-health.ts'

/** What the health of instances needs of a fleet. */
export type HealthFleet = ServerFleet & {
  readonly engine: Pick<Engine, 'snapshot'>
  readonly background: Background
  readonly serverHealth: ServersHealth
  /** Rounds for callers without a key. */
  readonly sharedRounds: SharedFor<HealthSummary>
  readonly hints: Hints
  readonly connectionWatches: ConnectionWatches
}

export type HealthCall = Call<HealthFleet>

/** A call on the server of the instances that it reads. */
export type HealthServerCall = ServerCall<HealthFleet>
