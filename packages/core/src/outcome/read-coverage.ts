import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { MANAGED, SERVER } from '../instance/counters-sql.ts'
import type { EventSource } from './event-batch.ts'

/** How the fleet learns what became of its messages. */
export type Coverage = {
  /** Where the last event came from; null: none in 24 hours. */
  source: EventSource | null
  /** Names of connected instances with an event about messages in the last 24 hours. */
  coveredNumbers: string[]
  /** Names of connected instances that sent in the last 24 hours, without an event in that time. */
  blindNumbers: string[]
  /** The last event about messages, ISO 8601 in UTC; null: none in 24 hours. */
  lastEventAt: string | null
}

/**
 * The last event of each server by each source that has all its instances, in SQL: (server, source, last_at). An event of one instance by
 * it shows that the source works; each server has its own global webhook and websocket. By the global webhook, those of another instance may
 * still wait for up to 20 minutes, until the webhook of that instance was answered.
 */
export const lastOfServersSql = `select ${SERVER} server, c.source, max(c.last_at) last_at
  from zapfleet.event_coverage c join public.whatsapp_instances i on i.nome = c.instance_name where c.source in ('global_webhook', 'websocket') group by 1, 2`

const IS_ON = `${SERVER} = $2::text`

/** $1 the moment; null: the database's clock. $2 a server; null: all. One row of CoverageRow. */
export const coverageStatement = statement(
  'event_coverage',
  `with ${INSTANT},
events as materialized (
  select c.instance_name, c.source, c.last_at from zapfleet.event_coverage c, moment
  where c.last_at > moment.at - interval '24 hours' and c.source <> 'read_back'
    and ($2::text is null or exists (select from public.whatsapp_instances i where i.nome = c.instance_name and ${IS_ON}))),
numbers as materialized (
  select i.nome, i.ultima_msg_at > moment.at - interval '24 hours' sends, exists (select from events e where e.instance_name = i.nome) covered
  from public.whatsapp_instances i, moment where ${MANAGED} and i.status in ('connected', 'open') and ($2::text is null or ${IS_ON}))
select (select e.source from events e order by e.last_at desc limit 1) source, (select max(e.last_at) from events e) last_at,
  (select coalesce(json_agg(n.nome order by n.nome), '[]') from numbers n where n.covered) covered,
  (select coalesce(json_agg(n.nome order by n.nome), '[]') from numbers n where n.sends and not n.covered) blind`,
)

export type CoverageRow = {
  source: EventSource | null
  last_at: Date | null
  covered: string[]
  blind: string[]
}

/** Reads which instances are covered by events. @param server only of this one @throws FleetError DATABASE_UNAVAILABLE */
export async function readCoverage(
  { sql, clock }: Pick<Ground, 'sql' | 'clock'>,
  server: string | null = null,
): Promise<Coverage> {
  const [row] = await sql.run<CoverageRow>(coverageStatement, [clock(), server])
  return toCoverage(row)
}

/** Reads a row of `coverageStatement`. */
export function toCoverage(row: CoverageRow | undefined): Coverage {
  if (!row) throw new Error('the reading of the coverage returned no row')
  return {
    source: row.source,
    coveredNumbers: row.covered,
    blindNumbers: row.blind,
    lastEventAt: row.last_at?.toISOString() ?? null,
  }
}
