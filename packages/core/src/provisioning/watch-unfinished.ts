import { INSTANT } from '../ground/moment.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import { statement } from '../ground/statement.ts'
import { finishRemovals, LEFT_BEHIND_MS } from './delete-instance.ts'
import { finishMoves } from './end-move.ts'
import { finishDueLeftovers } from './leftovers.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'

const FINISH_EVERY_MS = 15_000

/** A fleet whose only server is the default one has no moves and leaves nothing on another server. */
const unfinishedStatement = statement(
  'read_unfinished',
  `with ${INSTANT}
select exists (select from zapfleet.removals r, moment where r.asked_at < moment.at - interval '${LEFT_BEHIND_MS / 1_000} seconds') removals,
  s.is_any and exists (select from public.whatsapp_instances i where i.removida_em is null and i.mudando_para is not null) moves,
  s.is_any and exists (select from zapfleet.leftovers l, moment where l.due_at <= moment.at) leftovers
from (select exists (select from zapfleet.servers) is_any) s`,
)

/**
 * Finishes deletes and moves that did not end, every 15 s until `signal` aborts. For the leading scheduler. It is apart from the health rounds,
 * since one delete may take Evolution ten seconds. Never rejects: what fails is logged and tried again.
 */
export function watchUnfinished(
  call: ProvisioningCall,
  signal: AbortSignal,
  { everyMs = FINISH_EVERY_MS } = {},
): Promise<void> {
  const { fleet, log } = call
  const failed = 'deletes and moves could not be finished'
  return repeatUntil(signal, { everyMs, failed, log }, async () => {
    const [open] = await fleet.sql.readTogether<Record<'removals' | 'moves' | 'leftovers', boolean>>(
      unfinishedStatement,
      [fleet.clock()],
    )
    const runs = await Promise.allSettled([
      open?.removals && finishRemovals(call),
      open?.moves && finishMoves(call),
      open?.leftovers && finishDueLeftovers(call),
    ])
    for (const run of runs)
      if (run.status === 'rejected' && !signal.aborted) log.warn({ err: run.reason }, failed)
  })
}
