import { randomUUID } from 'node:crypto'
import { readInstant } from '../ground/read-moment.ts'
import { noSealer } from '../ground/seal.ts'
import type { EndpointFleet } from './endpoint-fleet.ts'
import { getEndpoint, unknownEndpoint } from './list-endpoints.ts'
import { judgeAttempt } from './next-attempt.ts'
import { webhookBody } from './webhook-body.ts'
import { purposeOf, type WebhookEndpoint } from './webhook-endpoint.ts'

/**
 * Posts an event of type `test` to an endpoint from this process, once, waits up to 15 s for the answer, and returns the endpoint with
 * the result in `lastDelivery`. After a success, events that wait for a repetition are posted at once.
 *
 * @throws FleetError NOT_FOUND; INVALID_STATE when its secret cannot be opened; DATABASE_UNAVAILABLE
 */
export async function testEndpoint(
  fleet: EndpointFleet,
  { name }: { name: string },
): Promise<WebhookEndpoint> {
  const { webhookEndpoint } = fleet.sql.prisma
  const row = await webhookEndpoint.findUnique({
    where: { name },
    select: { id: true, url: true, sealedSecret: true },
  })
  if (row === null) throw unknownEndpoint(name)
  if (fleet.sealer === null) throw noSealer()
  const secret = fleet.sealer.open(row.sealedSecret, purposeOf(name))
  const body = webhookBody('test', await readInstant(fleet), { endpoint: name })
  const verdict = judgeAttempt(
    await fleet.webhookSender.post(row.url, secret, { id: `test-${randomUUID()}`, body }),
  )
  const ok = verdict.kind === 'accepted'
  await webhookEndpoint.updateMany({
    where: { id: row.id },
    data: {
      lastDeliveryAt: await readInstant(fleet),
      lastDeliveryOk: ok,
      lastDeliveryError: verdict.kind === 'accepted' ? null : verdict.error,
      ...(ok && { retryAt: null }),
    },
  })
  return getEndpoint(fleet, { name })
}
