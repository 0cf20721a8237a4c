import { setTimeout as rest } from 'node:timers/promises'
import pg from 'pg'
import type { Outage } from './ledger.ts'

/** A stranger who looks whether the database can be reached. */
export type Witness = { rest(): Promise<void> }

const LOOK_EVERY_MS = 250
/** A fleet gives a connection five seconds: a stranger who waits so long for one is told of a machine near that. */
const SLOW_MS = 1_000

/**
 * Connects anew, again and again, and adds to `outages` every time in which that took long: on a machine with too much to
 * do, a fleet that says so is right. Where the stranger gets through, a fleet has to.
 */
export function startWitness(url: string, outages: Outage[]): Witness {
  let resting = false
  const look = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    // A restart ends it; that is an outage of its own.
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
