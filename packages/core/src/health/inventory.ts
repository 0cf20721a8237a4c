import { type Evolution, EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { within } from '../ground/within.ts'

/** The call before and the caller's own, each of which takes up to 10 s: Evolution counts its tables of messages at each. */
const WAIT_MS = 20_000
/** A call rests as long as the one before took, so that an outage with its many hints leaves Evolution's database half its time. */
const REST_AT_MOST_MS = 1_000

export type InventoryRows = ReadonlyMap<string, EvolutionInstance>

/** Reads the inventory of Evolution's database. */
export type Inventory = {
  /**
   * Reads what Evolution's database holds of these instances, by name; the map has no entry for a name that it does not
   * hold, and may hold others. A process makes one such call at a time, since parallel ones slow each other down. Calls that
   * arrive during one share the next, so every result was read after its call.
   *
   * @param waitMs how long the caller waits, 20 s by default; each call has the client's own timeout
   * @throws EvolutionError as `evolution.fetchInstances`; EVOLUTION_UNREACHABLE after `waitMs`
   */
  read(
    evolution: Pick<Evolution, 'fetchInstances'>,
    names: readonly string[],
    options?: { waitMs?: number },
  ): Promise<InventoryRows>
}

export function createInventory(): Inventory {
  let wanted = new Set<string>()
  let tookMs = 0
  const calls = coalesceRuns<InventoryRows>({
    restMs: (isQueued) => (isQueued ? Math.min(tookMs, REST_AT_MOST_MS) : 0),
  })
  return {
    async read(evolution, names, { waitMs = WAIT_MS } = {}) {
      if (names.length === 0) return new Map()
      for (const name of names) wanted.add(name)
      const rows = calls.run(async () => {
        const begunAtMs = performance.now()
        const [first, ...others] = wanted
        wanted = new Set()
        try {
          const found = await evolution.fetchInstances(
            others.length === 0 && first !== undefined ? { name: first } : {},
          )
          return new Map(found.map((row) => [row.name, row]))
        } finally {
          tookMs = performance.now() - begunAtMs
        }
      })
      return within(waitMs, rows, () => {
        throw new EvolutionError({
          code: 'EVOLUTION_UNREACHABLE',
          call: 'fetchInstances',
          message: `Evolution did not answer fetchInstances within ${waitMs} ms.`,
          maybeActed: false,
        })
      })
    },
  }
}
