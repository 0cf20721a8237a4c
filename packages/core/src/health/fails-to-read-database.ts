import type { CallOptions } from '@zapfleet/evolution'
import type { Ground } from '../ground/ground.ts'
import type { ServerCall } from '../server/on-server.ts'
import { storedServer } from '../server/server-names.ts'
import { isDatabaseFailure } from './check-evolution.ts'

/**
 * Whether Evolution's own database does not answer it, by the webhook of one instance, which Evolution reads from there at little cost. False
 * where that is not known.
 *
 * @param connected a connected instance of the server; null: there is none
 */
export async function failsToReadDatabase(
  { evolution }: Pick<ServerCall<unknown>, 'evolution'>,
  connected: string | null,
  within: CallOptions,
): Promise<boolean> {
  if (connected === null) return false
  return evolution.findWebhook(connected, within).then(() => false, isDatabaseFailure)
}

/** Any connected instance of the server; null: there is none. @throws FleetError DATABASE_UNAVAILABLE */
export async function findConnected({ fleet, server }: ServerCall<Ground>): Promise<string | null> {
  const row = await fleet.sql.prisma.instance.findFirst({
    where: { removedAt: null, server: storedServer(server), status: { in: ['connected', 'open'] } },
    select: { name: true },
  })
  return row?.name ?? null
}
