import type { Measured, Stretch } from '../measured.ts'

/** How a caller in the load process reaches the API. */
export type Door = 'http' | 'httpLink' | 'fleetClient' | 'fleetClientUnbatched'

/** What the load process is told to do: one stretch. */
export type Order = Stretch & {
  address: string
  apiKey: string
  door: Door
  procedure: 'reserve' | 'no-op' | 'reads' | 'wrong keys'
  /** Calls in one request; only reads are sent in batches. Default 1. */
  batch?: number
}

/** What it answers. */
export type Answer = { measured: Measured } | { failure: string }
