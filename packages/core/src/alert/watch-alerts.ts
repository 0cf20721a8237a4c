import { repeatUntil } from '../ground/repeat-until.ts'
import type { AlertCall } from './alert-fleet.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'

const EVALUATE_EVERY_MS = 5_000

/**
 * Evaluates the rules of alerts every 5 s until `signal` aborts. For the leading scheduler. Two processes may do it at a time: each change is
 * stored once. Never rejects: what fails is logged and tried again.
 *
 * An end in order is stored, so that the time until the next scheduler starts is no alert; that of a scheduler that died is one.
 */
export async function watchAlerts(
  call: AlertCall,
  signal: AbortSignal,
  { everyMs = EVALUATE_EVERY_MS } = {},
): Promise<void> {
  const { fleet, log } = call
  let last: string | null = null
  const failed = 'the rules of alerts could not be evaluated'
  await repeatUntil(signal, { everyMs, failed, log }, async () => {
    const { version } = await evaluateAlerts(call)
    last = version ?? last
  })
  if (last === null) return
  await fleet.sql.prisma.alertEvaluation
    .updateMany({ where: { version: BigInt(last) }, data: { at: null } })
    .catch((error: unknown) => log.debug({ err: error }, 'the end of the evaluations could not be stored'))
}
