import type { Call } from '../ground/call.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import { keepMessages, pruneMessages } from './keep-messages.ts'
import type { OutcomeFleet } from './outcome-fleet.ts'
import { readBackOutcomes } from './read-back.ts'

const READ_BACK_EVERY_MS = 20_000
const KEEP_EVERY_MS = 5_000
/** Rows wait for a day or a month before they are removed. */
const PRUNE_EVERY_MS = 300_000

/**
 * What the leading scheduler does for the outcomes of messages until `signal` aborts: applies those that waited for their reservation and stores
 * conversations, each 5 s; reads from Evolution the statuses of which no event arrived, each 20 s; removes what is over, each 5 minutes, and
 * each 5 s while there is more. Two processes may do it at a time. Never rejects.
 */
export async function watchOutcomes(
  call: Call<OutcomeFleet>,
  signal: AbortSignal,
  { readBackEveryMs = READ_BACK_EVERY_MS, keepEveryMs = KEEP_EVERY_MS } = {},
): Promise<void> {
  const { fleet, log } = call
  const notRead = 'the statuses of messages could not be read from Evolution'
  const notKept = 'waiting outcomes and conversations could not be stored'
  const notPruned = 'waiting outcomes and conversations that are over could not be removed'
  let isMore = false
  const pruneAgainMs = (): number => (isMore ? keepEveryMs : PRUNE_EVERY_MS)
  await Promise.all([
    repeatUntil(signal, { everyMs: readBackEveryMs, failed: notRead, log }, () => readBackOutcomes(call)),
    repeatUntil(signal, { everyMs: keepEveryMs, failed: notKept, log }, () =>
      keepMessages(fleet, { signal }),
    ),
    repeatUntil(signal, { everyMs: pruneAgainMs, failed: notPruned, log }, async () => {
      isMore = (await pruneMessages(fleet)).isMore
    }),
  ])
}
