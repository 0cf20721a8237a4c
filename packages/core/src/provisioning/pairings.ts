import type { ConnectAnswer } from '@zapfleet/evolution'
import { type SingleFlights, singleFlights } from '../ground/single-flight.ts'
import type { Pairing } from './pairing.ts'
import { createShownCodes, type ShownCodes } from './shown-codes.ts'

/** A connect in flight; `answer` rejects as `evolution.connect` does. */
export type Connect = { answer: Promise<ConnectAnswer> }

/** The pairings of one process. */
export type Pairings = {
  readonly codes: ShownCodes
  /** The connects that this process began and that have not ended, by instance name. */
  readonly connects: Map<string, Connect>
  /** Calls for one instance share their result. */
  readonly running: SingleFlights<Pairing>
}

export function createPairings(): Pairings {
  return { codes: createShownCodes(), connects: new Map(), running: singleFlights() }
}
