import { randomBytes } from 'node:crypto'
import type { WebhookFleet } from './webhook-fleet.ts'

const NAME = 'webhook'

/**
 * The secret that identifies the fleet's own webhooks: 32 random bytes as base64url, made once for all processes and stored
 * in the database. Never log it. Each process reads it once: restart them after a change.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export function readWebhookSecret(fleet: WebhookFleet): Promise<string> {
  return fleet.webhooks.secret.run(() => readOrMake(fleet))
}

async function readOrMake(fleet: WebhookFleet): Promise<string> {
  const { secret } = fleet.sql.prisma
  const stored = await secret.findUnique({ where: { name: NAME } })
  if (stored !== null) return stored.value
  await secret.createMany({
    data: { name: NAME, value: randomBytes(32).toString('base64url') },
    skipDuplicates: true,
  })
  // Another process may have stored another value first: the stored one is the secret.
  return (await secret.findUniqueOrThrow({ where: { name: NAME } })).value
}
