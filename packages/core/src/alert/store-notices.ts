import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { newId } from '../ground/new-id.ts'
import { statement } from '../ground/statement.ts'
import type { NoticePlan } from './notice-plan.ts'

/**
 * All changes or none: none where a notice was tried or changed since it was read, by a process that leads no longer. `$1` the route,
 * `$2` changes, `$3` new notices, both as JSON.
 */
const changeStatement = statement(
  'alert_notices_change',
  `with route as materialized (select r.name from zapfleet.alert_routes r where r.name = $1::text for update),
changed as materialized (
  select * from jsonb_to_recordset($2::jsonb) c(id uuid, tries int, "alertIds" uuid[], "notBefore" timestamptz)),
found as materialized (
  select n.id from zapfleet.alert_notices n, changed c, route
  where n.id = c.id and n.tries = c.tries and n.sent_at is null and n.gave_up_at is null for update of n),
whole as materialized (select from (select) nothing where (select count(*) from found) = (select count(*) from changed)),
gone as (
  delete from zapfleet.alert_notices n using changed c, whole where n.id = c.id and c."alertIds" is null),
kept as (
  update zapfleet.alert_notices n set alert_ids = c."alertIds", not_before = coalesce(c."notBefore", n.not_before)
  from changed c, whole where n.id = c.id and c."alertIds" is not null),
made as (
  insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before)
  select m.id, route.name, m.kind, m."alertIds", m."createdAt", m."notBefore"
  from jsonb_to_recordset($3::jsonb) m(id uuid, kind text, "alertIds" uuid[], "createdAt" timestamptz, "notBefore" timestamptz), route, whole)
select from whole`,
)

/** `$2` id, `$3` tries so far, `$4` milliseconds after which another process may try. */
const claimStatement = statement(
  'alert_notice_claim',
  `with ${INSTANT}
update zapfleet.alert_notices n set tries = n.tries + 1, error = null, not_before = moment.at + $4::float8 * interval '1 millisecond'
from moment where n.id = $2::uuid and n.tries = $3::int and n.sent_at is null and n.gave_up_at is null returning n.id`,
)

/** Notices that failed are due again, since the receiver works. `$2` id, `$3` route, `$4` error. */
const sentStatement = statement(
  'alert_notice_sent',
  `with ${INSTANT},
sent as (update zapfleet.alert_notices n set sent_at = moment.at, error = null from moment where n.id = $2::uuid),
woken as (
  update zapfleet.alert_notices n set not_before = least(n.not_before, moment.at) from moment
  where n.route = $3::text and n.id <> $2::uuid and n.sent_at is null and n.gave_up_at is null and n.error is not null)
update zapfleet.alert_routes r set last_delivery_at = moment.at, last_delivery_ok = true, last_delivery_error = $4::text
from moment where r.name = $3::text`,
)

/**
 * `$2` id, `$3` route, `$4` error, `$5` milliseconds to the next attempt, `$6` milliseconds after which a notice is given up, `$7` whether
 * the others of the route wait as well.
 */
const failedStatement = statement(
  'alert_notice_failed',
  `with ${INSTANT},
given_up as (
  update zapfleet.alert_notices n set gave_up_at = moment.at, error = case when n.id = $2::uuid then $4::text else coalesce(n.error, $4::text) end
  from moment where n.route = $3::text and n.sent_at is null and n.gave_up_at is null and (n.id = $2::uuid or $7::bool)
    and n.created_at <= moment.at - $6::float8 * interval '1 millisecond' returning n.id),
waits as (
  update zapfleet.alert_notices n set error = $4::text,
    not_before = case when n.id = $2::uuid then moment.at + $5::float8 * interval '1 millisecond'
      else greatest(n.not_before, moment.at + $5::float8 * interval '1 millisecond') end
  from moment where n.route = $3::text and n.sent_at is null and n.gave_up_at is null and (n.id = $2::uuid or $7::bool)
    and n.created_at > moment.at - $6::float8 * interval '1 millisecond'),
lost as materialized (
  select (select count(*) from given_up) + (select count(*) from zapfleet.alert_notices n where n.route = $3::text
    and n.gave_up_at > coalesce((select max(s.sent_at) from zapfleet.alert_notices s where s.route = $3::text), '-infinity')) n),
stored as (
  update zapfleet.alert_routes r set last_delivery_at = moment.at, last_delivery_ok = false,
    last_delivery_error = $4::text || case when lost.n = 0 then '' when lost.n = 1 then '; 1 message was given up after 24 hours'
      else '; ' || lost.n || ' messages were given up after 24 hours' end
  from moment, lost where r.name = $3::text)
select count(*)::int given_up from given_up`,
)

/** `$2` route, `$3` whether those that wait for the end of quiet hours are due too. */
const wakeStatement = statement(
  'alert_notices_wake',
  `with ${INSTANT}
update zapfleet.alert_notices n set not_before = least(n.not_before, moment.at) from moment
where n.route = $2::text and n.sent_at is null and n.gave_up_at is null and (n.error is not null or $3::bool and n.tries = 0)`,
)

type Store = Pick<Ground, 'sql' | 'clock'>

/** Stores the changes of a plan. Returns false where another process was faster; nothing is stored then. */
export async function changeNotices(
  { sql }: Store,
  route: string,
  { changes, made }: Pick<NoticePlan, 'changes' | 'made'>,
): Promise<boolean> {
  const rows = made.map((notice) => ({ ...notice, id: newId() }))
  return (await sql.run(changeStatement, [route, JSON.stringify(changes), JSON.stringify(rows)])).length > 0
}

/** Begins an attempt: no other process sends the notice within `forMs`. Returns false where another was faster. */
export async function claimNotice(
  { sql, clock }: Store,
  { id, tries }: { id: string; tries: number },
  forMs: number,
): Promise<boolean> {
  return (await sql.run(claimStatement, [clock(), id, tries, forMs])).length > 0
}

/** Stores that the receiver accepted a notice. @param error what is wrong all the same; null: nothing */
export async function storeSent(
  { sql, clock }: Store,
  { id, route, error }: { id: string; route: string; error: string | null },
): Promise<void> {
  await sql.run(sentStatement, [clock(), id, route, error])
}

/** Stores a failed attempt. Returns how many notices were given up, because they are too old. */
export async function storeFailed(
  { sql, clock }: Store,
  failed: { id: string; route: string; error: string; waitMs: number; giveUpMs: number; othersWait: boolean },
): Promise<number> {
  const { id, route, error, waitMs, giveUpMs, othersWait } = failed
  const [row] = await sql.run<{ given_up: number }>(failedStatement, [
    clock(),
    id,
    route,
    error,
    waitMs,
    giveUpMs,
    othersWait,
  ])
  return row?.given_up ?? 0
}

/** Makes notices that wait for a repetition due; with `deferred` also those that wait for the end of quiet hours. */
export async function wakeNotices(
  { sql, clock }: Store,
  route: string,
  { deferred }: { deferred: boolean },
): Promise<void> {
  await sql.run(wakeStatement, [clock(), route, deferred])
}
