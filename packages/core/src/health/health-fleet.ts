import type { Background } from '../ground/background.ts'
import type { Call } from '../ground/call.ts'
import type { Ground } from '../ground/ground.ts'
import type { Engine } from '../reservation/engine.ts'
import type { ConnectionWatches } from './connection-watches.ts'
import type { Hints } from './hints.ts'
import type { Inventory } from './inventory.ts'
import type { Rounds } from './rounds.ts'
import type { UndecidedPhones } from './undecided-phones.ts'

/** What the health of instances needs of a fleet. */
export type HealthFleet = Ground & {
  readonly engine: Pick<Engine, 'snapshot'>
  readonly background: Background
  readonly inventory: Inventory
  readonly rounds: Rounds
  readonly hints: Hints
  readonly undecidedPhones: UndecidedPhones
  readonly connectionWatches: ConnectionWatches
}

export type HealthCall = Call<HealthFleet>
