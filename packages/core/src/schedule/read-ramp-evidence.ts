import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import type { RampDay } from './next-ramp.ts'
import { type Day, type NumberEvent, rampDays } from './ramp-days.ts'

/** A state as `NumberEvent` has it, of the facts `f` of an event or of a row. */
const stateOf = (facts: string): string => `'status', ${facts} -> 'status', 'delivery', ${facts} -> 'entrega',
  'isRestricted', ${facts} ->> 'restrita_desde' is not null,
  'restrictedUntilMs', extract(epoch from (${facts} ->> 'restrita_ate')::timestamptz) * 1000`

/**
 * The evidence of numbers with a ramp. The end of an hour with a message, and `ultima_msg_at`, are the last moments at which a number
 * may have sent: the hour of a row is not in `hourly_sends` before the next one begins. Both are before the end of the day whose night
 * is judged, so a night that is judged later finds them too.
 *
 * $1 names, $2 the time zone, $3 the first days, $4 the days on which the ramps began, $5 today.
 */
const evidenceStatement = statement(
  'ramp_evidence',
  `with due as materialized (
  select d.nome, d.first_day, d.started_on::timestamp at time zone $2::text started_at, d.first_day::timestamp at time zone $2::text start
  from unnest($1::text[], $3::date[], $4::date[]) d(nome, first_day, started_on)),
days as (
  select due.nome, d.day::date as day, d.day at time zone $2::text start, (d.day + interval '1 day') at time zone $2::text "end"
  from due cross join lateral generate_series(due.first_day::timestamp, ($5::date - 1)::timestamp, interval '1 day') d(day)),
sent as (
  select days.*, greatest(
    (select least(s.hour + interval '1 hour', days."end") from zapfleet.hourly_sends s
     where s.instance_name = days.nome and s.hour < days."end" and s.sent > 0 order by s.hour desc limit 1),
    case when i.msgs_enviadas_hora > 0 and i.janela_hora < days."end" then least(i.janela_hora + interval '1 hour', days."end") end,
    case when i.ultima_msg_at < days."end" then i.ultima_msg_at end) sent_at
  from days join public.whatsapp_instances i on i.nome = days.nome)
select i.nome name, extract(epoch from due.started_at)::float8 * 1000 started_ms,
  json_build_object('type', 'status', 'atMs', 0, 'fromStatus', null, 'reason', null, ${stateOf('f.facts')}) present,
  (select json_agg(json_build_object('day', to_char(sent.day, 'YYYY-MM-DD'), 'startMs', extract(epoch from sent.start) * 1000,
     'endMs', extract(epoch from sent."end") * 1000, 'sentMs', extract(epoch from sent.sent_at) * 1000) order by sent.day)
   from sent where sent.nome = due.nome) days,
  (select coalesce(json_agg(json_build_object('type', e.type, 'atMs', extract(epoch from e.at) * 1000, 'fromStatus', e.from_status,
     'reason', e.reason, ${stateOf('e.facts')}) order by e.id), '[]')
   from zapfleet.events e where e.instance_name = due.nome and e.id >= coalesce((
     select b.id from zapfleet.events b where b.instance_name = due.nome and b.at <= due.start order by b.id desc limit 1), 0)) events
from due join public.whatsapp_instances i on i.nome = due.nome, lateral (select zapfleet.instance_facts(i) facts) f`,
)

/** A ramp whose night came: `firstDay` is the first day that is judged. Days are local, YYYY-MM-DD. */
export type DueRamp = { name: string; firstDay: string; startedOn: string }

type Row = { name: string; started_ms: number; present: NumberEvent; days: Day[]; events: NumberEvent[] }

/** What is stored of the days of these numbers, up to the day before `today`, by name. @throws FleetError DATABASE_UNAVAILABLE */
export async function readRampEvidence(
  fleet: Pick<Ground, 'sql' | 'timeZone'>,
  due: readonly DueRamp[],
  today: string,
): Promise<Map<string, RampDay[]>> {
  const rows = await fleet.sql.run<Row>(evidenceStatement, [
    due.map(({ name }) => name),
    fleet.timeZone,
    due.map(({ firstDay }) => firstDay),
    due.map(({ startedOn }) => startedOn),
    today,
  ])
  return new Map(
    rows.map(({ name, days, events, present, started_ms }) => [
      name,
      rampDays(days, events, present, started_ms),
    ]),
  )
}
