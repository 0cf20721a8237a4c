import { repeatUndone } from '../ground/repeat-undone.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import type { MessageCall, MessageFleet } from './message-fleet.ts'
import { repairLanes, sweepMessages as sweepStatement } from './message-sql.ts'

/**
 * Ends messages that no process ends: those in `sending` whose process was killed, and those that waited longer than they may. Senders
 * and the leading scheduler do it every second; two at once do no harm.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function sweepMessages(
  fleet: Pick<MessageFleet, 'sql' | 'clock' | 'sendTimes'>,
): Promise<{ sent: number; unknown: number; expired: number }> {
  const [row] = await repeatUndone(() =>
    fleet.sql.run<{ sent: number; unknown: number; expired: number }>(sweepStatement, [
      fleet.clock(),
      fleet.sendTimes.unknownAfterMs / 1_000,
    ]),
  )
  return row ?? { sent: 0, unknown: 0, expired: 0 }
}

const SWEEP_EVERY_MS = 1_000
const REPAIR_EVERY_MS = 60_000

/** Does `sweepMessages` each second, and restores lanes that another program removed each minute, until `signal` aborts. Never rejects. */
export function watchMessages({ fleet, log }: MessageCall, signal: AbortSignal): Promise<void> {
  const failed = 'messages without a process could not be ended'
  return Promise.all([
    repeatUntil(signal, { everyMs: SWEEP_EVERY_MS, failed, log }, () => sweepMessages(fleet)),
    repeatUntil(signal, { everyMs: REPAIR_EVERY_MS, failed, log }, () =>
      fleet.sql.run(repairLanes, [fleet.clock()]),
    ),
  ]).then(() => {})
}
