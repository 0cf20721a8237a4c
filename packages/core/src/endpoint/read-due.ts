import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { IS_COMMITTED } from '../message/read-changes.ts'
import type { Position } from './position.ts'
import { ENDPOINT_EVENTS, type EndpointEvent } from './webhook-endpoint.ts'

/** An endpoint to which something may be posted now. `failures`: attempts in a row that failed. */
export type DueEndpoint = {
  id: string
  name: string
  url: string
  events: readonly EndpointEvent[]
  sealedSecret: string
  position: Position
  failures: number
}

/** One step into each index, so its cost is that of the number of endpoints. */
const dueStatement = statement(
  'webhooks_due',
  `with ${INSTANT}
select e.id, e.name, e.url, e.events, e.sealed_secret, e.event_id::text, e.change_xid::text, e.change_seq::text, e.failures,
  e.disabled_at is null and (e.retry_at is null or e.retry_at <= moment.at)
  and ('instance' = any(e.events) and exists (select from zapfleet.events v where v.id > e.event_id)
    or e.events && '{message,outcome}' and exists (
      select from zapfleet.message_changes c where (c.xid, c.seq) > (e.change_xid, e.change_seq) and ${IS_COMMITTED})) is_due
from zapfleet.webhook_endpoints e, moment order by e.name`,
)

type DueRow = {
  id: string
  name: string
  url: string
  events: string[]
  sealed_secret: string
  event_id: string
  change_xid: string
  change_seq: string
  failures: number
  is_due: boolean
}

/** The endpoints with something to post whose next attempt is due, and how many there are of all. @throws FleetError DATABASE_UNAVAILABLE */
export async function readDueEndpoints({
  sql,
  clock,
}: Pick<Ground, 'sql' | 'clock'>): Promise<{ due: DueEndpoint[]; all: number }> {
  const rows = await sql.readTogether<DueRow>(dueStatement, [clock()])
  return { due: rows.filter((row) => row.is_due).map(toDue), all: rows.length }
}

const toDue = (row: DueRow): DueEndpoint => ({
  id: row.id,
  name: row.name,
  url: row.url,
  events: ENDPOINT_EVENTS.filter((one) => row.events.includes(one)),
  sealedSecret: row.sealed_secret,
  position: {
    eventId: BigInt(row.event_id),
    change: { xid: BigInt(row.change_xid), seq: BigInt(row.change_seq) },
  },
  failures: row.failures,
})
