import type { Ground } from '../ground/ground.ts'
import { unknownEndpoint } from './list-endpoints.ts'
import { ENDPOINT_FACTS, toEndpoint, type WebhookEndpoint } from './webhook-endpoint.ts'

/**
 * Deletes an endpoint and returns it as it was last. A delivery in flight may still arrive; no other begins.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function deleteEndpoint(
  fleet: Pick<Ground, 'sql'>,
  { name }: { name: string },
): Promise<WebhookEndpoint> {
  const { webhookEndpoint } = fleet.sql.prisma
  const row = await webhookEndpoint.findUnique({ where: { name }, select: ENDPOINT_FACTS })
  const { count } = await webhookEndpoint.deleteMany({ where: { name } })
  if (row === null || count === 0) throw unknownEndpoint(name)
  return toEndpoint(row)
}
