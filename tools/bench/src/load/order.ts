import type { Measured, Stretch } from '../measured.ts'

/** The client of a caller in the load process. */
export type ClientKind = 'http' | 'httpLink' | 'fleetClient' | 'fleetClientUnbatched'

/** An order of the load process: one stretch. */
export type Order = Stretch & {
  address: string
  apiKey: string
  client: ClientKind
  procedure: 'reserve' | 'no-op' | 'reads' | 'wrong keys'
  /** Calls in one request; only reads are sent in batches. Default 1. */
  batch?: number
}

/** Its answer. */
export type Answer = { measured: Measured } | { failure: string }
