import { OUTCOME_STATUSES, type OutcomeStatus } from '../reservation/reservation.ts'

/** One report of a status. `atMs` in milliseconds since 1970. */
export type OutcomeReport = { status: OutcomeStatus; atMs: number; error: string | null }

/** What all reports about one message amount to. */
export type KnownOutcome = {
  /** The highest that was reported. */
  status: OutcomeStatus
  /** The first report of that status. */
  atMs: number
  /** Why it failed, of the first such report; null for any other status. */
  error: string | null
  /** The first report of sent, delivered or read; null: none. */
  evidenceMs: number | null
}

/** The place of a status in the order sent, failed, delivered, read; from 1. */
function rankOf(status: OutcomeStatus): number {
  return OUTCOME_STATUSES.indexOf(status) + 1
}

/**
 * What is known of a message after one more report. Reports come late, repeated and in any order: the result is the same for
 * every order and number of repetitions.
 */
export function nextOutcome(previous: KnownOutcome | null, report: OutcomeReport): KnownOutcome {
  return joinOutcomes(previous, {
    status: report.status,
    atMs: report.atMs,
    error: report.status === 'failed' ? report.error : null,
    evidenceMs: report.status === 'failed' ? null : report.atMs,
  })
}

/** The same of two sets of reports. `outcome-sql.ts` has the rule in SQL; a twin test compares the two. */
export function joinOutcomes(one: KnownOutcome | null, other: KnownOutcome): KnownOutcome {
  if (one === null) return other
  const winner = isBefore(one, other) ? one : other
  return { ...winner, evidenceMs: earliest(one.evidenceMs, other.evidenceMs) }
}

/** Whether `one` has the higher status, or the same one earlier. Of equal instants the first error by its text counts. */
function isBefore(one: KnownOutcome, other: KnownOutcome): boolean {
  if (one.status !== other.status) return rankOf(one.status) > rankOf(other.status)
  if (one.atMs !== other.atMs) return one.atMs < other.atMs
  if (one.error === null || other.error === null) return one.error !== null
  return one.error <= other.error
}

function earliest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
