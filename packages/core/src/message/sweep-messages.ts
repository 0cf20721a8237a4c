import { repeatUndone } from '../ground/repeat-undone.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import type { MessageCall, MessageFleet } from './message-fleet.ts'
import { readUnswept, repairLanes, sweepMessages as sweepStatement } from './message-sql.ts'

/**
 * Ends messages that no process ends: those in `sending` whose process was killed, and those that waited longer than they may. Senders
 * and the leading scheduler do it every second, or every 5 s while no message waits; two at once do no harm.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function sweepMessages(
  fleet: Pick<MessageFleet, 'sql' | 'clock' | 'sendTimes'>,
): Promise<{ sent: number; unknown: number; expired: number }> {
  const { sent, unknown, expired } = await sweep(fleet)
  return { sent, unknown, expired }
}

type Swept = { sent: number; unknown: number; expired: number; is_empty: boolean }

async function sweep(fleet: Pick<MessageFleet, 'sql' | 'clock' | 'sendTimes'>): Promise<Swept> {
  const [row] = await repeatUndone(() =>
    fleet.sql.run<Swept>(sweepStatement, [fleet.clock(), fleet.sendTimes.unknownAfterMs / 1_000]),
  )
  return row ?? { sent: 0, unknown: 0, expired: 0, is_empty: false }
}

async function isAnyUnswept({ sql, clock }: Pick<MessageFleet, 'sql' | 'clock'>): Promise<boolean> {
  const [row] = await sql.readTogether<{ is_any: boolean }>(readUnswept, [clock()])
  return row?.is_any ?? true
}

const SWEEP_EVERY_MS = 1_000
/** A message that arrives meanwhile is sent by its own process; a sweep ends it after 30 s at the earliest, or at the end of its validity. */
const EMPTY_SWEEP_EVERY_MS = 5_000
const REPAIR_EVERY_MS = 60_000

/**
 * Does `sweepMessages` each second, and restores lanes that another program removed each minute, until `signal` aborts. While no message waits,
 * it only reads each 5 s whether there is one. Never rejects.
 *
 * @param options for tests
 */
export function watchMessages(
  { fleet, log }: MessageCall,
  signal: AbortSignal,
  { sweepEveryMs = SWEEP_EVERY_MS, emptySweepEveryMs = EMPTY_SWEEP_EVERY_MS } = {},
): Promise<void> {
  const failed = 'messages without a process could not be ended'
  let isEmpty = false
  const sweepAgainMs = (): number => (isEmpty ? emptySweepEveryMs : sweepEveryMs)
  return Promise.all([
    repeatUntil(signal, { everyMs: sweepAgainMs, failed, log }, async () => {
      if (isEmpty && !(await isAnyUnswept(fleet))) return
      isEmpty = (await sweep(fleet)).is_empty
    }),
    repeatUntil(signal, { everyMs: REPAIR_EVERY_MS, failed, log }, async () => {
      if (!isEmpty) await fleet.sql.run(repairLanes, [fleet.clock()])
    }),
  ]).then(() => {})
}
