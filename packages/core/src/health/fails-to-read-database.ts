import type { CallOptions } from '@zapfleet/evolution'
import type { Ground } from '../ground/ground.ts'
import type { ServerCall } from '../server/on-server.ts'
import { storedServer } from '../server/server-names.ts'
import { isDatabaseFailure } from './check-evolution.ts'

/**
 * Whether Evolution's own database does not answer it, by the webhook of one connected instance, which Evolution reads from there at little
 * cost. False where that is not known.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function failsToReadDatabase(call: ServerCall<Ground>, within: CallOptions): Promise<boolean> {
  const row = await call.fleet.sql.prisma.instance.findFirst({
    where: { removedAt: null, server: storedServer(call.server), status: { in: ['connected', 'open'] } },
    select: { name: true },
  })
  if (row?.name == null) return false
  return call.evolution.findWebhook(row.name, within).then(() => false, isDatabaseFailure)
}
