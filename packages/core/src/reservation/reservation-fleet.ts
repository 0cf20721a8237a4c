import type { ContactFleet } from '../contact/contact-fleet.ts'
import type { SharedFor } from '../ground/share-for.ts'
import type { Completer } from './completer.ts'
import type { Engine } from './engine.ts'
import type { FleetMetrics } from './fleet-metrics.ts'

/** What choosing and counting needs of a fleet. */
export type ReservationFleet = ContactFleet & {
  readonly engine: Engine
  readonly confirms: Completer
  readonly releases: Completer
  readonly metrics: FleetMetrics
  /**
   * Judges soon whether the messages of these instances arrive. Resolves when that is stored, or after 2 s; never rejects.
   */
  readonly judgeSoon: (names: readonly string[]) => Promise<void>
  /** Why row level security hides the fleet; null: it does not. */
  readonly hiddenTables: SharedFor<string | null>
}
