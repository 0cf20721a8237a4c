import { randomUUID } from 'node:crypto'
import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { noSealer } from '../ground/seal.ts'
import { statement } from '../ground/statement.ts'
import type { EndpointFleet } from './endpoint-fleet.ts'
import { getEndpoint } from './list-endpoints.ts'
import { NOTIFY_RECEIVERS } from './receiver-notices.ts'
import { ENDPOINTS_MAX, type NewEndpoint, purposeOf, type WebhookEndpoint } from './webhook-endpoint.ts'
import { makeWebhookSecret } from './webhook-secret.ts'

/**
 * Begins at the present end of both streams: after the newest event that is committed, and before each transaction that has not ended.
 * $2 name, $3 id, $4 url, $5 events, $6 secret, $7 how many endpoints there may be.
 */
const createStatement = statement(
  'create_webhook_endpoint',
  `with ${INSTANT},
made as (
  insert into zapfleet.webhook_endpoints (name, id, url, events, sealed_secret, created_at, event_id, change_xid, change_seq)
  select $2::text, $3::uuid, $4::text, $5::text[], $6::text, moment.at, coalesce((select max(v.id) from zapfleet.events v), 0),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0
  from moment where (select count(*) from zapfleet.webhook_endpoints) < $7::int
  on conflict (name) do nothing returning name)
select exists (select from made) made, exists (select from zapfleet.webhook_endpoints e where e.name = $2::text) taken,
  (select ${NOTIFY_RECEIVERS} from made) notified`,
)

/**
 * Makes an endpoint, to which the leading scheduler posts what happens from now on. `secret` is the whole secret of its signatures where
 * this call made it; it is shown nowhere else. Null where the caller gave it.
 *
 * @throws FleetError CONFLICT when the name is taken; INVALID_STATE without ZAPFLEET_SECRET, or with 20 endpoints; DATABASE_UNAVAILABLE
 */
export async function createEndpoint(
  fleet: EndpointFleet,
  { name, url, events, secret }: NewEndpoint,
): Promise<WebhookEndpoint & { secret: string | null }> {
  if (fleet.sealer === null) throw noSealer()
  const used = secret ?? makeWebhookSecret()
  const [row] = await fleet.sql.run<{ made: boolean; taken: boolean }>(createStatement, [
    fleet.clock(),
    name,
    randomUUID(),
    new URL(url).href,
    [...events],
    fleet.sealer.seal(used, purposeOf(name)),
    ENDPOINTS_MAX,
  ])
  if (row?.made)
    return { ...(await getEndpoint(fleet, { name })), secret: secret === undefined ? used : null }
  if (row?.taken)
    throw new FleetError(
      'CONFLICT',
      `There is a webhook endpoint "${name}" already. Choose another name, or delete that one first.`,
    )
  throw new FleetError(
    'INVALID_STATE',
    `${ENDPOINTS_MAX} webhook endpoints exist, the most there may be. Delete unused ones.`,
  )
}
