import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Evidence, evidenceOf, type Source } from './evidence.ts'
import { isDoubtfulFall, isGrace } from './grace.ts'
import type { HealthCall, HealthFleet } from './health-fleet.ts'
import { type HealthState, isSameHealth } from './health-state.ts'
import { nextStatus } from './next-status.ts'
import type { Reading } from './read-instances.ts'
import { readStoredHealth, type StoredHealth } from './read-stored-health.ts'
import { resolveDuplicatePhones } from './resolve-duplicate-phones.ts'
import { storeStatement } from './store-sql.ts'

export type StoreOptions = {
  source: Source
  /** Until when a fall without a final cause is not stored; null: it is. */
  graceUntil: Date | null
  /** Writes the moment of the reading also where nothing changed, so that an older reading that ends later is dropped. */
  always: boolean
}

/** One row that a reading changes. */
type Write = {
  stored: StoredHealth
  reading: Reading
  next: HealthState
  word: string
  /** Status or reason changed: it is written to the history, the log and the stream. */
  isChange: boolean
  evidence: Evidence
}

/**
 * Other writers may change the same rows at the same time: these are then read and decided again, at most this often.
 */
const ATTEMPTS = 4

/**
 * Rows of one statement. Its time does not grow with the fleet, so the statement timeout does not end it. Slices go from the
 * last name to the first. A claim locks its instances from the first name to the last: when it has waited for one slice, the
 * names that follow are stored already, so it waits for no second one.
 */
export const SLICE_ROWS = 250

/**
 * Stores readings and their events, SLICE_ROWS rows a statement; no statement when nothing changed; a log line for each
 * change of status. A slice that is stored stays stored when a later one fails. A reading that is older than the stored one
 * is dropped. Where a status or its reason changed, it decides again which instance serves each phone.
 *
 * @returns how many rows were written, how many of them have another status, and the instances that became connected
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function storeReadings(
  call: HealthCall,
  stored: readonly StoredHealth[],
  readings: readonly Reading[],
  options: StoreOptions,
): Promise<{ changed: number; restated: number; connected: string[] }> {
  let changed = 0
  let restated = 0
  let hasMoved = false
  const connected: string[] = []
  let known = new Map(stored.map((one) => [one.name, one]))
  let open = [...readings]
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const writes = writesOf(known, open, options)
    if (writes.length === 0) break
    const written = new Set<string>()
    for (let start = 0; start < writes.length; start += SLICE_ROWS) {
      const slice = writes.slice(start, start + SLICE_ROWS)
      const names = await store(call.fleet, slice)
      for (const write of slice) {
        const { name, health } = write.stored
        if (!names.has(name)) continue
        written.add(name)
        logChange(call, write)
        hasMoved ||= health.status !== write.next.status || health.reason !== write.next.reason
        if (health.status !== write.next.status) restated++
        if (health.status !== 'connected' && write.next.status === 'connected') connected.push(name)
      }
    }
    changed += written.size
    open = writes.filter((write) => !written.has(write.stored.name)).map((write) => write.reading)
    if (open.length === 0) break
    const before = known
    const again = await readStoredHealth(
      call.fleet,
      open.map((reading) => reading.name),
    )
    // A row with the version that the refused write had was read later by another process: our reading is outdated.
    // The reading of one that moved to another server meanwhile is of the other one.
    const moved = again.instances.filter(({ name, server, version }) => {
      const one = before.get(name)
      return one !== undefined && one.version !== version && one.server === server
    })
    known = new Map(moved.map((one) => [one.name, one]))
  }
  // The end of a session frees its phone.
  if (hasMoved) await resolveDuplicatePhones(call)
  return { changed, restated, connected }
}

/** What these readings change, in the reverse order of `known`: see SLICE_ROWS. */
function writesOf(
  known: ReadonlyMap<string, StoredHealth>,
  readings: readonly Reading[],
  options: StoreOptions,
): Write[] {
  const byName = new Map(readings.map((reading) => [reading.name, reading]))
  return [...known.values()].reverse().flatMap((stored) => {
    const reading = byName.get(stored.name)
    return (reading && writeOf(stored, reading, options)) ?? []
  })
}

function writeOf(stored: StoredHealth, reading: Reading, options: StoreOptions): Write | undefined {
  const { observed, startedAt, state } = reading
  const previous = stored.health
  const judged = nextStatus(previous, observed, startedAt)
  const isHeld = isGrace(options.graceUntil, startedAt) && isDoubtfulFall(previous, observed, judged)
  const next = isHeld ? previous : judged
  const isSame =
    isSameHealth(previous, next) && stored.statusWord === next.status && stored.evolutionState === state
  const isFirstAnswer = stored.checkedAt === null && isAnswer(reading)
  if (isSame && !isFirstAnswer && !(options.always && isAnswer(reading))) return undefined
  const isChange =
    previous.status !== next.status || (previous.reason !== next.reason && stored.checkedAt !== null)
  return {
    stored,
    reading,
    next,
    word: state,
    isChange,
    evidence: evidenceOf(options.source, observed),
  }
}

function isAnswer({ observed }: Reading): boolean {
  return observed.kind !== 'silent'
}

function logChange(call: HealthCall, { stored, next, isChange, evidence }: Write): void {
  if (!isChange) return
  const { status: from } = stored.health
  call.log.info(
    { instance: stored.name, from, to: next.status, reason: next.reason, evidence },
    'instance changed status',
  )
}

async function store(fleet: HealthFleet, writes: readonly Write[]): Promise<Set<string>> {
  const column = <Value>(value: (write: Write) => Value): Value[] => writes.map(value)
  const values = [
    column((write) => write.stored.name),
    column((write) => write.stored.version),
    column((write) => write.reading.startedAt),
    column((write) => isAnswer(write.reading)),
    column((write) => write.next.status),
    column((write) => write.next.reason),
    column((write) => write.next.since),
    column((write) => write.word),
    column((write) => write.next.silentRounds),
    column((write) => write.next.connectedAt),
    column((write) => write.next.fallBefore),
    column((write) => write.next.lastFall),
    column((write) => write.stored.health.status),
    column((write) => write.isChange),
    column((write) => JSON.stringify(write.evidence)),
    fleet.clock(),
  ]
  const rows = await repeatUndone(() => fleet.sql.run<{ nome: string }>(storeStatement, values))
  return new Set(rows.map((row) => row.nome))
}
