import { setTimeout as rest } from 'node:timers/promises'
import pg from 'pg'
import type { Outage } from './ledger.ts'

/** An independent client that checks whether the database can be reached. */
export type Witness = { rest(): Promise<void> }

const LOOK_EVERY_MS = 250
/** A connection is made in some 20 ms. One that takes this long shows a machine on which a process may stall for seconds. */
const SLOW_MS = 300

/**
 * Opens connections again and again, and adds to `outages` every time in which that took long: on an overloaded
 * machine an error of the fleet is right. Where this client connects, a fleet must connect too.
 */
export function startWitness(url: string, outages: Outage[]): Witness {
  let resting = false
  const look = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    // A restart closes it; that is an outage of its own.
    client.on('error', () => {})
    await client.connect().catch(() => {})
    await client.end().catch(() => {})
  }
  const looking = (async () => {
    while (!resting) {
      const fromMs = Date.now()
      await look()
      if (Date.now() - fromMs > SLOW_MS) outages.push({ fromMs, toMs: Date.now() })
      await rest(LOOK_EVERY_MS)
    }
  })()
  return {
    async rest() {
      resting = true
      await looking
    },
  }
}
