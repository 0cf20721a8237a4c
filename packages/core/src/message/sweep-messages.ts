import { repeatUndone } from '../ground/repeat-undone.ts'
import type { MessageFleet } from './message-fleet.ts'
import { sweepMessages as sweepStatement } from './message-sql.ts'
import { RULES } from './next-step.ts'

/**
 * Ends messages that no process ends: those in `sending` whose process was killed, and those that waited longer than they may. Senders
 * and the leading scheduler do it every second; two at once do no harm.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function sweepMessages(
  fleet: Pick<MessageFleet, 'sql' | 'clock'>,
): Promise<{ sent: number; unknown: number; expired: number }> {
  const [row] = await repeatUndone(() =>
    fleet.sql.run<{ sent: number; unknown: number; expired: number }>(sweepStatement, [
      fleet.clock(),
      RULES.unknownAfterMs / 1_000,
    ]),
  )
  return row ?? { sent: 0, unknown: 0, expired: 0 }
}
