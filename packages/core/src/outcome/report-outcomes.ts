import type { OutcomeStatus } from '../reservation/reservation.ts'
import { instancesWithGoodNews, keyOf, outcomesOf } from './event-batch.ts'
import type { OutcomeFleet } from './outcome-fleet.ts'
import { applyOutcomes, recordCoverage } from './store-events.ts'

/** What a bot reports of a message. `at` default: now, which it is for a moment of the future too. */
export type OutcomeEvent = {
  instanceName: string
  messageId: string
  status: OutcomeStatus
  at?: Date | undefined
  error?: string | undefined
}

/** PostgreSQL does not read the years before 1 and after 9999 as JavaScript writes them. */
const FIRST_MS = 0

/**
 * Stores what became of messages, and returns when it is stored. A report moves an outcome forward only.
 *
 * @returns how many reports have a reservation, whether they changed it or not, and how many wait for theirs
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function reportOutcomes(
  fleet: OutcomeFleet,
  input: { events: readonly OutcomeEvent[] },
): Promise<{ matched: number; unmatched: number }> {
  const { events } = input
  if (events.length === 0) return { matched: 0, unmatched: 0 }
  fleet.intake.count('report', events.length)
  const nowMs = await fleet.intake.nowMs()
  const outcomes = outcomesOf(
    events.map(({ instanceName, messageId, status, at, error }) => ({
      instance: instanceName,
      messageId,
      status,
      atMs: at === undefined ? nowMs : Math.min(Math.max(at.getTime(), FIRST_MS), nowMs),
      error: error ?? null,
    })),
  )
  const { isMatched } = await applyOutcomes(fleet, outcomes)
  const names = new Set(events.map((one) => one.instanceName))
  await recordCoverage(
    fleet,
    [...names].map((instance) => ({ instance, source: 'report' })),
  )
  const { all } = fleet.engine.snapshot.pools
  const failing = instancesWithGoodNews(outcomes).filter((name) => all.get(name)?.isFailing)
  if (failing.length > 0) await fleet.judgeSoon(failing)
  const matchedKeys = new Set(
    outcomes.filter((_, index) => isMatched[index]).map((one) => keyOf(one.instance, one.messageId)),
  )
  const matched = events.filter((one) => matchedKeys.has(keyOf(one.instanceName, one.messageId))).length
  return { matched, unmatched: events.length - matched }
}
