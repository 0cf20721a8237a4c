import { newId } from '../ground/new-id.ts'
import type { AlertCall, AlertFleet } from './alert-fleet.ts'
import { storeStatement } from './alert-sql.ts'
import { type AlertChanges, nextAlerts } from './next-alerts.ts'
import { openingNotices } from './opening-notices.ts'
import { type AlertReading, readAlertFacts } from './read-alert-facts.ts'
import { findingsOf } from './rules.ts'

/** An evaluation that changes nothing stores its moment where the stored one is this old. */
const STORE_EVERY_MS = 15_000

/** What an evaluation stored. `version`: the one that is stored now; null: that of another process, which evaluated meanwhile. */
export type Evaluation = { version: string | null; opened: number; closed: number; notices: number }

/**
 * Applies the rules to what is stored now, and stores what opens and closes together with the notices that report it, in one statement. Of two
 * processes that evaluate at a time one stores its result; that of the other is dropped. Where nothing changes and nothing is pending, the
 * moment of the evaluation is stored each 15 s.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function evaluateAlerts(call: AlertCall): Promise<Evaluation> {
  const reading = await readAlertFacts(call)
  const { at: now, day } = reading.fleet
  const { open, pending } = reading
  const findings = findingsOf(reading.fleet)
  const changes = nextAlerts({ findings, open, pending, now, day, newId })
  if (changesNothing(reading, changes)) return { version: reading.version, opened: 0, closed: 0, notices: 0 }
  const stored = await store(call.fleet, reading, changes)
  if (stored === null) return { version: null, opened: 0, closed: 0, notices: 0 }
  for (const { rule, subject, severity, cause } of changes.opens)
    call.log[cause === null && severity !== 'info' ? 'warn' : 'info'](
      { rule, subject, severity },
      'an alert opened',
    )
  const opened = new Map(open.map((one) => [one.id, one]))
  for (const { id } of changes.closes) {
    const { rule, subject } = opened.get(id) ?? {}
    call.log.info({ rule, subject }, 'an alert closed')
  }
  const { opens, closes } = changes
  return { ...stored, opened: opens.length, closed: closes.length }
}

function changesNothing(
  { fleet: { at, evaluatedAt }, pending }: AlertReading,
  changes: AlertChanges,
): boolean {
  if (evaluatedAt === null) return false
  const sinceMs = at.getTime() - evaluatedAt.getTime()
  // A moment in the future is of a clock that was set back.
  if (sinceMs < 0 || sinceMs >= STORE_EVERY_MS) return false
  const { opens, updates, closes, reportOpened, reportClosed } = changes
  // What is pending is dropped after a time without evaluations: that time counts from the stored moment.
  return [opens, updates, closes, reportOpened, reportClosed, pending, changes.pending].every(
    (some) => some.length === 0,
  )
}

async function store(
  { sql }: AlertFleet,
  { version, fleet, routes }: AlertReading,
  changes: AlertChanges,
): Promise<{ version: string; notices: number } | null> {
  const notices = openingNotices(changes.reportOpened, routes, newId)
  const [row] = await sql.run<{ version: string; notices: number }>(storeStatement, [
    version,
    fleet.at,
    JSON.stringify(changes.pending),
    JSON.stringify(changes.opens),
    JSON.stringify(changes.updates),
    JSON.stringify(changes.closes),
    JSON.stringify(notices),
    changes.reportClosed.map(({ id }) => id),
    JSON.stringify(routes.map(({ name: route }) => ({ route, id: newId() }))),
  ])
  return row ?? null
}
