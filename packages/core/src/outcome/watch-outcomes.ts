import type { Call } from '../ground/call.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import type { OutcomeFleet } from './outcome-fleet.ts'
import { readBackOutcomes } from './read-back.ts'

const READ_BACK_EVERY_MS = 20_000

/**
 * Reads from Evolution the statuses of which no event arrived, each 20 s, until `signal` aborts. For the leading scheduler; two processes may do it at a
 * time. Never rejects.
 */
export async function watchOutcomes(
  call: Call<OutcomeFleet>,
  signal: AbortSignal,
  { readBackEveryMs = READ_BACK_EVERY_MS } = {},
): Promise<void> {
  const { log } = call
  const failed = 'the statuses of messages could not be read from Evolution'
  await repeatUntil(signal, { everyMs: readBackEveryMs, failed, log }, () => readBackOutcomes(call))
}
