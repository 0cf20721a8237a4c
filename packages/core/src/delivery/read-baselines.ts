import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import type { Baseline } from './baselines.ts'
import type { DeliveryFleet } from './delivery-fleet.ts'
import { DELIVERY_THRESHOLDS } from './thresholds.ts'

/**
 * The share of prompt messages of the instances $2, over the hours of the last seven days that are over and in which their events
 * arrived. The hour's count of sends has every message; where another program made it smaller, the outcomes have.
 */
const baselinesStatement = statement(
  'delivery_baselines',
  `with ${INSTANT},
wanted as materialized (
  select n.nome, (select min(c.first_at) from zapfleet.event_coverage c where c.instance_name = n.nome) first_at from unnest($2::text[]) n(nome)),
hours as materialized (
  select w.nome, o.hour, o.prompt, o.sent + o.delivered + o.read good, greatest(coalesce(s.sent, 0), o.sent + o.delivered + o.read + o.failed) messages
  from moment, wanted w join zapfleet.hourly_outcomes o on o.instance_name = w.nome
    left join zapfleet.hourly_sends s on s.instance_name = o.instance_name and s.hour = o.hour
  where o.hour > moment.at - interval '7 days' and o.hour + interval '1 hour' <= moment.at
  union all
  select w.nome, s.hour, 0, 0, s.sent
  from moment, wanted w join zapfleet.hourly_sends s on s.instance_name = w.nome
  where s.hour > moment.at - interval '7 days' and s.hour + interval '1 hour' <= moment.at and s.hour >= w.first_at
    and not exists (select from zapfleet.hourly_outcomes o where o.instance_name = s.instance_name and o.hour = s.hour))
select h.nome, sum(h.prompt)::float8 prompt, sum(h.messages)::float8 messages, max(h.hour) filter (where h.good > 0) good_hour
from hours h group by 1`,
)

type Row = { nome: string; prompt: number; messages: number; good_hour: Date | null }

/** Reads the baselines of these names that the process does not have. @throws FleetError DATABASE_UNAVAILABLE */
export async function readBaselines(fleet: DeliveryFleet, names: readonly string[]): Promise<void> {
  const { baselines } = fleet.delivery
  const missing = baselines.missing(names)
  if (missing.length === 0) return
  const rows = await fleet.sql.run<Row>(baselinesStatement, [fleet.clock(), missing])
  baselines.keep(
    missing,
    new Map(
      rows.map(({ nome, prompt, messages, good_hour: goodHour }): [string, Baseline] => [
        nome,
        { share: messages < DELIVERY_THRESHOLDS.baselineMessages ? null : prompt / messages, goodHour },
      ]),
    ),
  )
}
