import type { ConnectAnswer } from '@zapfleet/evolution'
import { type SingleFlights, singleFlights } from '../ground/single-flight.ts'
import type { ServerCall } from '../server/on-server.ts'
import type { Pairing } from './pairing.ts'
import { createShownCodes, type ShownCodes } from './shown-codes.ts'

/** A connect in flight; `answer` rejects as `evolution.connect` does. */
export type Connect = { answer: Promise<ConnectAnswer> }

/** The pairings of one process, each by `pairingOf`. */
export type Pairings = {
  readonly codes: ShownCodes
  /** The connects that this process began and that have not ended. */
  readonly connects: Map<string, Connect>
  /** Calls for one pairing share their result. */
  readonly running: SingleFlights<Pairing>
}

/** One instance on one server: while it moves, each of two servers may show a code. */
export const pairingOf = ({ server }: Pick<ServerCall<unknown>, 'server'>, name: string): string =>
  `${server}/${name}`

export function createPairings(): Pairings {
  return { codes: createShownCodes(), connects: new Map(), running: singleFlights() }
}
