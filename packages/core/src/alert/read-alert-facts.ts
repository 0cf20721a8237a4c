import { answerProblem } from '../health/check-evolution.ts'
import { failsToReadDatabase } from '../health/fails-to-read-database.ts'
import { readStatusReason } from '../instance/action.ts'
import { FAILURE_REASONS } from '../instance/delivery.ts'
import { readStatus } from '../instance/status.ts'
import { onKnownServer } from '../server/on-server.ts'
import { type AlertFacts, RULES, type Rule, SEVERITIES, type Severity, serverSubject } from './alert.ts'
import type { AlertCall } from './alert-fleet.ts'
import { fleetStatement } from './alert-sql.ts'
import type { FleetReading, NumberReading, OutageProblem } from './fleet-reading.ts'
import type { OpenAlert, Pending } from './next-alerts.ts'

const ANSWER_WITHIN_MS = 4_000

/** A finding of an evaluation longer ago begins anew. */
const PENDING_FOR_MS = 60_000

/** The rules whose subjects are instances. */
const ABOUT_INSTANCES = [
  'number_banned',
  'number_down',
  'number_failing',
  'number_restricted',
  'wrong_phone',
  'sends_failing',
]

/** What an evaluation starts with. */
export type AlertReading = {
  /** Of the evaluation before: the result is stored only while it is the last one. */
  version: string
  fleet: FleetReading
  open: OpenAlert[]
  pending: Pending[]
  routes: { name: string; minSeverity: Severity }[]
}

/** Instants are milliseconds since the epoch. */
type FleetRow = {
  at: number
  day: string
  evaluation: {
    version: string
    at: number | null
    pending: { rule: string; subject: string; since: string }[]
  }
  servers: (FleetReading['connected'] & { server: string; oneConnected: string | null })[]
  troubled: NumberCells[]
  open: {
    id: string
    rule: string
    severity: string
    subject: string
    cause: string | null
    facts: AlertFacts
    openedAt: number
    seenOkAt: number | null
    subjectState: OpenAlert['subjectState']
  }[]
  polling: FleetReading['polling']
  endpoints: { name: string; since: number | null }[]
  failing_routes: { name: string; since: number | null }[]
  routes: { name: string; minSeverity: string }[]
  queue: { queued: number; scheduled: number; oldest_at: string | null }
  senders: number
  failed: { name: string; server: string; failed: number; since: number }[]
  blind: { name: string; server: string; since: number }[]
  succeeded: string[]
}

type NumberCells = Record<
  | 'since'
  | 'checkedAt'
  | 'connectedAt'
  | 'lastFall'
  | 'lastSentAt'
  | 'deliverySince'
  | 'restrictedSince'
  | 'restrictedUntil',
  number | null
> &
  Record<'status' | 'reason' | 'duplicateOf' | 'deliveryReason', string | null> & {
    name: string
    server: string
    paused: boolean
    isFailing: boolean
    isRestricted: boolean
  }

/**
 * Reads what the rules need: what is stored, in one statement, and whether each Evolution server that has numbers answers.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readAlertFacts(call: AlertCall): Promise<AlertReading> {
  const { fleet } = call
  const [row] = await fleet.sql.readTogether<FleetRow>(fleetStatement, [
    fleet.clock(),
    fleet.timeZone,
    ABOUT_INSTANCES,
  ])
  if (!row) throw new Error('the statement that reads the fleet for alerts returned no row')
  const at = new Date(row.at)
  const troubled = row.troubled.map(toNumber)
  return {
    version: row.evaluation.version,
    fleet: {
      at,
      day: row.day,
      evaluatedAt: instant(row.evaluation.at),
      servers: await Promise.all(
        row.servers.map(async (one) => ({
          name: one.server,
          problem: await problemOf(
            call,
            one,
            troubled.filter(({ server }) => server === one.server),
          ),
        })),
      ),
      connected: {
        numbers: total(row.servers, 'numbers'),
        dailyCapacity: total(row.servers, 'dailyCapacity'),
        sentToday: total(row.servers, 'sentToday'),
      },
      troubled,
      failedSends: row.failed.map((one) => ({ ...one, since: new Date(one.since) })),
      blind: row.blind.map((one) => ({ ...one, since: new Date(one.since) })),
      polling: row.polling,
      messages: {
        waiting: row.queue.queued - row.queue.scheduled,
        oldestAt: row.queue.oldest_at === null ? null : new Date(row.queue.oldest_at),
        senders: row.senders,
      },
      endpoints: row.endpoints.map(toReceiver),
      routes: row.failing_routes.map(toReceiver),
    },
    open: row.open.flatMap((alert) => toOpenAlert(alert, row)),
    pending: wasRecent(row.evaluation.at, at) ? row.evaluation.pending.flatMap(toPending) : [],
    routes: row.routes.map(({ name, minSeverity }) => ({ name, minSeverity: toSeverity(minSeverity) })),
  }
}

/**
 * By the cheapest call of the server, by one that reads its database, and by what health rounds stored of its numbers. A name that no server
 * has is no outage.
 *
 * @param troubled the troubled numbers of the server
 */
async function problemOf(
  call: AlertCall,
  { server: name, numbers: connected, oneConnected }: FleetRow['servers'][number],
  troubled: readonly NumberReading[],
): Promise<OutageProblem | null> {
  const server = await call.fleet.servers.find(name)
  if (server === undefined) return null
  if (server.keyProblem !== null) return 'key_sealed'
  const there = onKnownServer(call, server)
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  const [answered, isDatabaseAway] = await Promise.all([
    answerProblem(there.evolution, within),
    call.fleet.databaseChecks(name).run(() => failsToReadDatabase(there, oneConnected, within)),
  ])
  if (answered !== null) return answered
  if (troubled.some(({ reason }) => reason === 'EVOLUTION_REFUSES_KEY')) return 'key_refused'
  if (isDatabaseAway) return 'database_away'
  const read = troubled.filter(({ status }) => status !== 'banned')
  const isUnclear = read.length > 0 && read.every(({ reason }) => reason === 'EVOLUTION_UNCLEAR')
  return isUnclear && connected === 0 ? 'not_understood' : null
}

const total = (
  servers: readonly FleetReading['connected'][],
  field: keyof FleetReading['connected'],
): number => servers.reduce((sum, one) => sum + one[field], 0)

function toNumber(cells: NumberCells): NumberReading {
  const { name, server, paused, duplicateOf } = cells
  const restrictedSince = instant(cells.restrictedSince)
  return {
    name,
    server,
    status: readStatus(cells.status),
    reason: readStatusReason(cells.reason),
    since: instant(cells.since),
    checkedAt: instant(cells.checkedAt),
    connectedAt: instant(cells.connectedAt),
    lastFall: instant(cells.lastFall),
    lastSentAt: instant(cells.lastSentAt),
    paused,
    duplicateOf,
    failing: cells.isFailing
      ? {
          reason: FAILURE_REASONS.find((one) => one === cells.deliveryReason) ?? null,
          since: instant(cells.deliverySince),
        }
      : null,
    restricted:
      cells.isRestricted && restrictedSince !== null
        ? { since: restrictedSince, until: instant(cells.restrictedUntil) }
        : null,
  }
}

/** Whether the evaluation before was so lately that what it found is taken to have held since. A moment in the future is of a clock that was set back. */
const wasRecent = (beforeMs: number | null, at: Date): boolean =>
  beforeMs !== null && at.getTime() - beforeMs <= PENDING_FOR_MS

function toPending({ rule, subject, since }: FleetRow['evaluation']['pending'][number]): Pending[] {
  const known = RULES.find((one) => one === rule)
  return known ? [{ rule: known, subject, since: new Date(since) }] : []
}

/** An alert of a rule that only another version has is left to that. */
function toOpenAlert(alert: FleetRow['open'][number], row: FleetRow): OpenAlert[] {
  const rule = RULES.find((one) => one === alert.rule)
  if (rule === undefined) return []
  return [
    {
      ...alert,
      rule,
      severity: toSeverity(alert.severity),
      openedAt: new Date(alert.openedAt),
      seenOkAt: instant(alert.seenOkAt),
      subjectState:
        alert.subjectState === 'present' && isUnrecovered(rule, alert, row)
          ? 'unrecovered'
          : alert.subjectState,
    },
  ]
}

/** Whether it does not recover where its finding ends now. */
function isUnrecovered(rule: Rule, { id, subject }: FleetRow['open'][number], row: FleetRow): boolean {
  switch (rule) {
    case 'evolution_unreachable':
    case 'evolution_unlicensed':
      return !row.servers.some(({ server }) => serverSubject(server) === subject)
    case 'all_numbers_down':
      return total(row.servers, 'numbers') === 0
    case 'sends_failing':
    case 'no_events':
      return !row.succeeded.includes(id)
    case 'messages_waiting':
      return row.senders === 0
    default:
      return false
  }
}

const toSeverity = (word: string): Severity => SEVERITIES.find((one) => one === word) ?? 'warning'

const instant = (atMs: number | null): Date | null => (atMs === null ? null : new Date(atMs))

const toReceiver = ({ name, since }: { name: string; since: number | null }) => ({
  name,
  since: instant(since),
})
