import { listAudit } from '@zapfleet/core'
import { masked } from '@zapfleet/telemetry'
import { auditInput, auditPage } from '../contract/audit.ts'
import { actingProcedure, router } from '../procedure.ts'

/** `audit.*`: what admins did. */
export const auditRouter = router({
  /** Lists what admins did, newest first, page by page. Kept for 400 days. Admins only. */
  list: actingProcedure
    .input(auditInput)
    .output(auditPage)
    .query(({ ctx, input: { target, ...filter } }) => {
      // Contacts are stored masked, and asked for as they are.
      const targets = target === undefined ? undefined : [target, masked(target)]
      return listAudit(ctx.fleet, { ...filter, targets })
    }),
})
