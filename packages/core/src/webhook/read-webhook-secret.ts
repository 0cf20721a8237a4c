import { randomBytes } from 'node:crypto'
import { statement } from '../ground/statement.ts'
import type { WebhookFleet } from './webhook-fleet.ts'

const makeStatement = statement(
  'webhook_secret_make',
  `insert into zapfleet.secrets (name, value) values ('webhook', $1) on conflict do nothing`,
)

const readStatement = statement(
  'webhook_secret_read',
  `select value from zapfleet.secrets where name = 'webhook'`,
)

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
  const readNow = async (): Promise<string | undefined> =>
    (await fleet.sql.run<{ value: string }>(readStatement, []))[0]?.value
  const there = await readNow()
  if (there !== undefined) return there
  await fleet.sql.run(makeStatement, [randomBytes(32).toString('base64url')])
  // Another process may have been first: what is stored is the secret.
  const made = await readNow()
  if (made === undefined) throw new Error('the secret of the webhook was stored and is not there')
  return made
}
