import { countContacts } from '../contact/count-contacts.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import type { Fleet } from './fleet.ts'

/** Messages by their outcome. */
export type OutcomeCounts = { sent: number; delivered: number; read: number; failed: number; unknown: number }

/** What an instance did lately. */
export type Activity = {
  /** The last 24 clock hours, oldest first, the present one last. `at` is the hour's start, ISO 8601 in UTC. */
  hours: { at: string; sent: number }[]
  /** The last 7 local days of the fleet's time zone as `YYYY-MM-DD`, today last. */
  days: { day: string; sent: number }[]
  /**
   * The share of the last 24 hours and 7 days that it was connected, 0 to 1, of the part for which its status is recorded;
   * null: of none. `since`: the first instant within 7 days for which it is recorded, ISO 8601 in UTC.
   */
  uptime: { day: number | null; week: number | null; since: string | null }
  /**
   * How many messages of the last 24 clock hours and 7 local days, the present ones among them, have each outcome as their
   * highest; `unknown`: none was reported.
   */
  outcomes: { day: OutcomeCounts; week: OutcomeCounts }
  /** How many contacts prefer it. */
  contacts: number
}

/**
 * $3 the name. Sends come from the hours that are over and from the row, whose counter is of the present hour or an older
 * one. Today is at least the row's counter: an adopted row counted before hours were stored.
 */
const activityStatement = statement(
  'activity',
  `with ${MOMENT},
sent as materialized (
  select s.hour, s.sent from zapfleet.hourly_sends s, moment where s.instance_name = $3::text and s.hour >= moment.day_start - interval '7 days'
  union all
  select i.janela_hora, coalesce(i.msgs_enviadas_hora, 0) from public.whatsapp_instances i where i.nome = $3::text),
today as (
  select i.msgs_enviadas_dia sent from public.whatsapp_instances i, moment where i.nome = $3::text and i.janela_dia >= moment.day_start),
changes as (
  select e.id, e.at, e.to_status from zapfleet.events e
  where e.instance_name = $3::text and e.type in ('created', 'status', 'deleted')),
periods as materialized (
  select t.to_status, t.at since, coalesce(lead(t.at) over (order by t.id), moment.at) until
  from changes t, moment where t.id >= coalesce((select max(b.id) from changes b, moment where b.at <= moment.at - interval '7 days'), 0)),
uptime as (
  select x.days, sum(x.span) filter (where x.to_status = 'connected') / nullif(sum(x.span), 0) share from (
    select w.days, y.to_status, extract(epoch from y.until - greatest(y.since, moment.at - w.days * interval '1 day')) span
    from moment, periods y, (values (1), (7)) w(days)
    where y.to_status is not null and y.until > greatest(y.since, moment.at - w.days * interval '1 day')) x
  group by x.days),
outcomes as (
  select w.days, coalesce(sum(o.sent), 0)::int sent, coalesce(sum(o.delivered), 0)::int delivered, coalesce(sum(o.read), 0)::int "read",
    coalesce(sum(o.failed), 0)::int failed,
    greatest(0, (select coalesce(sum(s.sent), 0) from sent s where s.hour >= w.since) - coalesce(sum(o.sent + o.delivered + o.read + o.failed), 0))::int unknown
  from (
    select 1 days, moment.hour_start - interval '23 hours' since from moment
    union all select 7, ((moment.at at time zone $2::text)::date - 6)::timestamp at time zone $2::text from moment) w
  left join zapfleet.hourly_outcomes o on o.instance_name = $3::text and o.hour >= w.since group by w.days, w.since)
select
  (select json_object_agg(case o.days when 1 then 'day' else 'week' end, json_build_object(
     'sent', o.sent, 'delivered', o.delivered, 'read', o."read", 'failed', o.failed, 'unknown', o.unknown)) from outcomes o) outcomes,
  (select json_agg(json_build_object('at', h.at, 'sent', (
     select coalesce(sum(s.sent), 0) from sent s where s.hour >= h.at and s.hour < h.at + interval '1 hour')) order by h.at)
   from moment, generate_series(moment.hour_start - interval '23 hours', moment.hour_start, interval '1 hour') h(at)) hours,
  (select json_agg(json_build_object('day', to_char(d.day, 'YYYY-MM-DD'), 'sent', greatest(
     (select coalesce(sum(s.sent), 0) from sent s where (s.hour at time zone $2::text)::date = d.day::date),
     case when d.day::date = (moment.at at time zone $2::text)::date then (select today.sent from today) end)) order by d.day)
   from moment, generate_series((moment.at at time zone $2::text)::date - interval '6 days', (moment.at at time zone $2::text)::date, interval '1 day') d(day)) days,
  (select coalesce(share, 0)::float8 from uptime where uptime.days = 1) up_day,
  (select coalesce(share, 0)::float8 from uptime where uptime.days = 7) up_week,
  (select min(greatest(y.since, moment.at - interval '7 days')) from periods y, moment where y.to_status is not null) up_since`,
)

type Row = {
  hours: { at: string; sent: number }[]
  days: { day: string; sent: number }[]
  outcomes: Activity['outcomes']
  up_day: number | null
  up_week: number | null
  up_since: Date | null
}

/** What an instance sent and how long it was connected. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function readActivity(fleet: Fleet, input: { name: string }): Promise<Activity> {
  await findInstanceRow(fleet, input.name)
  const [rows, { counts }] = await Promise.all([
    fleet.sql.run<Row>(activityStatement, [fleet.clock(), fleet.timeZone, input.name]),
    countContacts(fleet),
  ])
  const [row] = rows
  if (!row) throw new Error('the activity of an instance answered no row')
  return {
    hours: row.hours.map(({ at, sent }) => ({ at: new Date(at).toISOString(), sent })),
    days: row.days,
    uptime: { day: row.up_day, week: row.up_week, since: row.up_since?.toISOString() ?? null },
    outcomes: row.outcomes,
    contacts: counts.find((one) => one.name === input.name)?.contacts ?? 0,
  }
}
