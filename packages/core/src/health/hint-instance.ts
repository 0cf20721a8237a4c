import pLimit from 'p-limit'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { lookAtInstance } from './check-instances.ts'
import { AT_A_TIME } from './read-instances.ts'
import { runRound } from './run-round.ts'

/** Hints of one instance are looked into at most so often. */
const APART_MS = 250
/**
 * So many numbers that fall by hints within so short a time may be Evolution's restart: a full round, which sees everybody,
 * decides.
 */
const CROWD = 5
const CROWD_WITHIN_MS = 5_000
/** How often an unknown name may make us read the names anew, however many strangers are named. */
const NAMES_EVERY_MS = 1_000

type Hints = {
  /** Instances whose check runs or rests; `again`: a hint came meanwhile. */
  readonly running: Map<string, { again: boolean }>
  readonly underWay: Set<Promise<void>>
  readonly limit: ReturnType<typeof pLimit>
  readonly crowd: ReturnType<typeof createCrowd>
  names: { readAtMs: number; read: Promise<unknown> } | null
}

const hintsOf = new WeakMap<Fleet['sql'], Hints>()

/**
 * Somebody says that something happened to an instance: its live state is read soon, and only that reading is believed.
 * Returns at once and never throws. Hints of one instance run together: one check at a time, at most one more behind it, at
 * most one in 250 ms. Names that nobody registered are ignored. What goes wrong is logged.
 */
export function hintInstance(fleet: Fleet, name: string, source: 'webhook'): void {
  const hints = hintsOf.get(fleet.sql) ?? openHints(fleet)
  const running = hints.running.get(name)
  if (running) {
    running.again = true
    return
  }
  const entry = { again: false }
  const follow = async (): Promise<void> => {
    try {
      if (await isKnown(fleet, hints, name)) await look(fleet, hints, name, entry)
    } catch (error) {
      fleet.log.warn({ instance: name, source, err: error }, 'a hint about an instance was not followed')
    } finally {
      hints.running.delete(name)
    }
  }
  hints.running.set(name, entry)
  const work = follow().finally(() => hints.underWay.delete(work))
  hints.underWay.add(work)
}

/** Waits until every hint given so far was followed; for tests and for a clean stop. */
export async function settleHints(fleet: Fleet): Promise<void> {
  const hints = hintsOf.get(fleet.sql)
  while (hints && hints.underWay.size > 0) await Promise.all(hints.underWay)
}

function openHints(fleet: Fleet): Hints {
  const hints: Hints = {
    running: new Map(),
    underWay: new Set(),
    limit: pLimit(AT_A_TIME),
    crowd: createCrowd(),
    names: null,
  }
  hintsOf.set(fleet.sql, hints)
  return hints
}

async function look(fleet: Fleet, hints: Hints, name: string, entry: { again: boolean }): Promise<void> {
  do {
    entry.again = false
    const rest = new Promise((resolve) => setTimeout(resolve, APART_MS))
    await check(fleet, hints, name)
    await rest
  } while (entry.again)
}

async function check(fleet: Fleet, hints: Hints, name: string): Promise<void> {
  try {
    const outcome = await lookAtInstance(fleet, name, {
      source: 'webhook',
      limit: hints.limit,
      crowd: hints.crowd,
    })
    if (outcome === 'one_of_many') await runRound(fleet)
  } catch (error) {
    // It was removed a moment ago.
    if (!(error instanceof FleetError && error.code === 'NOT_FOUND')) throw error
  }
}

/** Who seemed to fall in the last seconds, by this process's clock. */
function createCrowd(): { join(name: string): void; isCrowded(): boolean } {
  const fellAtMs = new Map<string, number>()
  return {
    join: (name) => void fellAtMs.set(name, performance.now()),
    isCrowded() {
      for (const [name, atMs] of fellAtMs)
        if (performance.now() - atMs > CROWD_WITHIN_MS) fellAtMs.delete(name)
      return fellAtMs.size >= CROWD
    },
  }
}

/** By the picture in memory, which is read anew once a second at most while strangers are named. */
async function isKnown(fleet: Fleet, hints: Hints, name: string): Promise<boolean> {
  const { snapshot } = fleet.engine
  if (snapshot.pool.get(name)) return true
  const nowMs = performance.now()
  if (hints.names === null || nowMs - hints.names.readAtMs >= NAMES_EVERY_MS)
    hints.names = { readAtMs: nowMs, read: snapshot.refresh() }
  await hints.names.read
  return snapshot.pool.get(name) !== undefined
}
