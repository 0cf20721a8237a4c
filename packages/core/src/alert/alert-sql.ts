import { epochMs, MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COLUMNS } from '../instance/columns.ts'
import {
  DAILY_CAPACITY,
  IS_FAILING,
  IS_RESTRICTED,
  MANAGED,
  SENT_TODAY,
  SERVER,
} from '../instance/counters-sql.ts'
import { QUEUE } from '../message/message-sql.ts'
import { SENDERS } from '../message/read-senders.ts'
import { lastOfServersSql } from '../outcome/read-coverage.ts'
import { LAST_ROUNDS, PERIOD } from '../schedule/read-runs.ts'
import { ALERT_THRESHOLDS as LIMITS } from './alert-thresholds.ts'

/** The newest reservations that an evaluation reads, of all instances together. */
const RECENT_ROWS = 20_000

/** The newest events of an instance that an evaluation reads. */
const RECENT_EVENTS = 100

const seconds = (milliseconds: number): string => `interval '${milliseconds / 1_000} seconds'`
const column = (field: keyof typeof COLUMNS): string => `i.${COLUMNS[field].column}`

const IS_CONNECTED = `i.status in ('connected', 'open')`
const IS_TROUBLED = `(${IS_CONNECTED} is not true or ${column('statusReason')} in ('FLAPPING', 'WRONG_PHONE')
    or ${column('duplicateOf')} is not null or ${IS_FAILING} or ${IS_RESTRICTED})`

/**
 * Numbers whose last sends failed, one after another, and numbers of whose messages no event reports anything any more, by the newest
 * reservations. A seat that was given back untried, or because the contact has no WhatsApp, is neither a success nor a failure. What was
 * reserved before a number was registered again under its name does not count.
 */
const SENDS = `with newest as materialized (
  select r.instance_name, r.reserved_at, r.state <> 'released' and (r.state = 'confirmed' or r.message_id is not null) is_handed_over,
    case when r.outcome = 'failed' then 'failed' when r.outcome is not null then 'sent' when r.release_cause in ('line_down', 'refused') then 'failed'
      when r.state = 'confirmed' or r.message_id is not null then 'sent' end result
  from zapfleet.reservations r order by r.id desc limit ${RECENT_ROWS}),
recent as materialized (select n.* from newest n, moment where n.reserved_at > moment.at - interval '24 hours'),
accepted as materialized (select r.instance_name, max(r.reserved_at) at from recent r where r.result = 'sent' group by 1),
failures as materialized (
  select r.instance_name, r.reserved_at from recent r left join accepted a using (instance_name) where r.result = 'failed' and r.reserved_at > coalesce(a.at, '-infinity')),
sources as materialized (${lastOfServersSql}),
covered as materialized (
  select c.instance_name, max(greatest(c.last_at, s.last_at)) events_at
  from moment, zapfleet.event_coverage c join public.whatsapp_instances i on i.nome = c.instance_name and ${MANAGED} left join sources s on s.source = c.source and s.server = ${SERVER}
  where c.source <> 'read_back' group by 1, moment.at having max(greatest(c.last_at, s.last_at)) > moment.at - ${seconds(LIMITS.coveredForMs)}),
unreported as materialized (
  select r.instance_name, r.reserved_at from recent r join covered c using (instance_name) where r.is_handed_over and r.reserved_at > c.events_at),
registered as materialized (
  select n.instance_name, (
    select max(e.at) from (select e.type, e.at from zapfleet.events e where e.instance_name = n.instance_name order by e.id desc limit ${RECENT_EVENTS}) e where e.type = 'created') at
  from (
    select f.instance_name from failures f group by 1 having count(*) >= ${LIMITS.failedSends}
    union select u.instance_name from unreported u, moment group by 1, moment.at having count(*) >= ${LIMITS.blindMessages} and min(u.reserved_at) <= moment.at - ${seconds(LIMITS.blindMs)}) n),
failed as (
  select f.instance_name, count(*) failed, min(f.reserved_at) since from failures f left join registered g using (instance_name)
  where f.reserved_at > coalesce(g.at, '-infinity') group by 1 having count(*) >= ${LIMITS.failedSends}),
blind as (
  select u.instance_name, min(u.reserved_at) since from unreported u left join registered g using (instance_name)
  where u.reserved_at > coalesce(g.at, '-infinity') group by 1 having count(*) >= ${LIMITS.blindMessages})
select (select coalesce(json_agg(json_build_object('name', f.instance_name, 'server', ${SERVER}, 'failed', f.failed, 'since', ${epochMs('f.since')}) order by f.instance_name), '[]') from failed f join public.whatsapp_instances i on i.nome = f.instance_name and ${MANAGED}) failed,
  (select coalesce(json_agg(json_build_object('name', b.instance_name, 'server', ${SERVER}, 'since', ${epochMs('b.since')}) order by b.instance_name), '[]') from blind b join public.whatsapp_instances i on i.nome = b.instance_name) blind,
  (select coalesce(json_agg(o.id), '[]') from zapfleet.alerts o where o.closed_at is null and (
    o.rule = 'sends_failing' and exists (select from accepted a where a.instance_name = o.subject)
    or o.rule = 'no_events' and exists (select from covered c where o.facts -> 'names' ? c.instance_name and c.events_at > o.opened_at))) succeeded`

/**
 * What the rules need of the fleet, and what is stored of alerts, at one moment. Of 10,000 numbers only those with some trouble are
 * returned. $1 the moment or null, $2 the time zone, $3 the rules about instances. Instants are milliseconds since the epoch.
 *
 * `succeeded`: ids of open alerts about failed sends or missing events whose numbers had a success or an event since.
 *
 * `routes`: `since` is when the oldest notice was made that failed and was not given up; null where the last delivery failed and none is left.
 */
export const fleetStatement = statement(
  'alert_fleet',
  `with ${MOMENT}
select ${epochMs('moment.at')} "at", to_char(moment.day_start at time zone $2::text, 'YYYY-MM-DD') "day",
  (select json_build_object('version', e.version::text, 'at', ${epochMs('e.at')}, 'pending', e.pending) from zapfleet.alert_evaluation e) evaluation,
  (select coalesce(json_agg(s order by s.server), '[]') from (
    select ${SERVER} server, count(*) filter (where ${IS_CONNECTED}) numbers, min(${column('name')}) filter (where ${IS_CONNECTED}) "oneConnected",
      coalesce(sum((${DAILY_CAPACITY})::bigint) filter (where ${IS_CONNECTED}), 0) "dailyCapacity",
      coalesce(sum(least(${SENT_TODAY}, ${DAILY_CAPACITY})::bigint) filter (where ${IS_CONNECTED}), 0) "sentToday"
    from public.whatsapp_instances i where ${MANAGED} group by 1) s) servers,
  (select coalesce(json_agg(json_build_object('name', ${column('name')}, 'server', ${SERVER}, 'status', i.status, 'reason', ${column('statusReason')}, 'since', ${epochMs(column('statusSince'))},
      'checkedAt', ${epochMs(column('checkedAt'))}, 'connectedAt', ${epochMs(column('connectedAt'))}, 'lastFall', ${epochMs(column('lastFall'))}, 'lastSentAt', ${epochMs(column('lastSentAt'))},
      'paused', ${column('paused')}, 'duplicateOf', ${column('duplicateOf')}, 'isFailing', ${IS_FAILING}, 'deliveryReason', ${column('deliveryReason')},
      'deliverySince', ${epochMs(column('deliverySince'))}, 'isRestricted', ${IS_RESTRICTED} and ${column('restrictionSource')} is distinct from 'operator',
      'restrictedSince', ${epochMs(column('restrictedSince'))}, 'restrictedUntil', ${epochMs(column('restrictedUntil'))}) order by ${column('name')}), '[]')
    from public.whatsapp_instances i where ${MANAGED} and ${IS_TROUBLED}) troubled,
  (select coalesce(json_agg(json_build_object('id', a.id, 'rule', a.rule, 'severity', a.severity, 'subject', a.subject, 'cause', a.cause, 'facts', a.facts,
      'openedAt', ${epochMs('a.opened_at')}, 'seenOkAt', ${epochMs('a.seen_ok_at')},
      'subjectState', case when a.rule = any($3::text[]) and i.nome is null or a.rule = 'webhook_failing' and not exists (select from zapfleet.webhook_endpoints w where w.name = a.subject)
          or a.rule = 'route_failing' and not exists (select from zapfleet.alert_routes r where r.name = a.subject) then 'removed'
        when i.status = 'banned' and a.rule <> 'number_banned' then 'banned' when ${column('paused')} and a.rule in ('number_down', 'number_failing') then 'paused' else 'present' end) order by a.id), '[]')
    from zapfleet.alerts a left join public.whatsapp_instances i on a.rule = any($3::text[]) and i.nome = a.subject and ${MANAGED} where a.closed_at is null) "open",
  (select json_build_object('ageMs', ${epochMs('(moment.at - max(r.started_at))')}, 'periodMs', ${epochMs(PERIOD)})
    from ${LAST_ROUNDS} having count(*) > 0) polling,
  (select coalesce(json_agg(json_build_object('name', w.name, 'since', ${epochMs('coalesce(w.failing_since, w.disabled_at)')}) order by w.name), '[]')
    from zapfleet.webhook_endpoints w where w.failing_since is not null or w.disabled_at is not null) endpoints,
  (select coalesce(json_agg(json_build_object('name', r.name, 'since', ${epochMs('n.since')}) order by r.name), '[]')
    from zapfleet.alert_routes r left join lateral (
      select min(n.created_at) since from zapfleet.alert_notices n where n.route = r.name and n.sent_at is null and n.gave_up_at is null and n.tries > 0) n on true
    where r.last_delivery_ok is false) failing_routes,
  (select coalesce(json_agg(json_build_object('name', r.name, 'minSeverity', r.min_severity) order by r.name), '[]') from zapfleet.alert_routes r) routes,
  (select row_to_json(q) from (${QUEUE}) q) queue, (${SENDERS}) senders, sends.failed, sends.blind, sends.succeeded
from moment, (${SENDS}) sends`,
)

/**
 * Stores an evaluation where $1 is still the version that it read; else nothing, and returns no row. $2 the moment; as JSON: $3 pending,
 * $4 alerts that open, $5 alerts that change, $6 alerts that close, $7 notices of what opened; $8 the ids of alerts whose end is reported, $9 an id of a
 * notice for each route. Routes without a notice of its opening get no notice of its end.
 */
export const storeStatement = statement(
  'store_alerts',
  `with held as (
  update zapfleet.alert_evaluation e set version = e.version + 1, at = $2, pending = $3::jsonb where e.version = $1::bigint returning e.version),
opened as (
  insert into zapfleet.alerts (id, rule, severity, subject, cause, facts, opened_at)
  select o.id, o.rule, o.severity, o.subject, o.cause, o.facts, $2 from held, jsonb_to_recordset($4::jsonb) o(id uuid, rule text, severity text, subject text, cause uuid, facts jsonb)),
updated as (
  update zapfleet.alerts a set cause = u.cause, facts = u.facts, seen_ok_at = u."seenOkAt"
  from held, jsonb_to_recordset($5::jsonb) u(id uuid, cause uuid, facts jsonb, "seenOkAt" timestamptz) where a.id = u.id),
closed as (
  update zapfleet.alerts a set closed_at = c."closedAt", facts = c.facts
  from held, jsonb_to_recordset($6::jsonb) c(id uuid, facts jsonb, "closedAt" timestamptz) where a.id = c.id),
reported as (
  select n.route, array_agg(distinct t.id order by t.id) ids
  from zapfleet.alert_notices n cross join lateral unnest(n.alert_ids) t(id)
  where n.alert_ids && $8::uuid[] and t.id = any($8::uuid[]) and n.kind in ('opened', 'wave', 'digest') and n.gave_up_at is null group by 1),
noticed as (
  insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before)
  select n.id, n.route, n.kind, n."alertIds", $2::timestamptz, $2::timestamptz from held, (
    select n.id, n.route, n.kind, n."alertIds" from jsonb_to_recordset($7::jsonb) n(id uuid, route text, kind text, "alertIds" uuid[])
    union all select c.id, reported.route, 'closed', reported.ids from reported join jsonb_to_recordset($9::jsonb) c(route text, id uuid) on c.route = reported.route) n
  where exists (select from zapfleet.alert_routes r where r.name = n.route) returning 1)
select held.version::text "version", (select count(*)::int from noticed) notices from held`,
)
