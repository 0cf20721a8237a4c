import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { ENDPOINT_FACTS, toEndpoint, type WebhookEndpoint } from './webhook-endpoint.ts'

/** Every endpoint, by name, without its secret. @throws FleetError DATABASE_UNAVAILABLE */
export async function listEndpoints(fleet: Pick<Ground, 'sql'>): Promise<WebhookEndpoint[]> {
  const rows = await fleet.sql.prisma.webhookEndpoint.findMany({
    select: ENDPOINT_FACTS,
    orderBy: { name: 'asc' },
  })
  return rows.map(toEndpoint)
}

/** One endpoint by its name. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getEndpoint(
  fleet: Pick<Ground, 'sql'>,
  { name }: { name: string },
): Promise<WebhookEndpoint> {
  const row = await fleet.sql.prisma.webhookEndpoint.findUnique({ where: { name }, select: ENDPOINT_FACTS })
  if (row === null) throw unknownEndpoint(name)
  return toEndpoint(row)
}

/** The refusal of a name that no endpoint has. */
export function unknownEndpoint(name: string): FleetError {
  const shown = JSON.stringify(name.slice(0, 50))
  return new FleetError(
    'NOT_FOUND',
    `There is no webhook endpoint ${shown}. webhookEndpoint.list shows the names.`,
  )
}
