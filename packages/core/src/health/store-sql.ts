import { statement } from '../ground/statement.ts'
import { SERVER } from '../instance/counters-sql.ts'
import { VERSION } from './read-stored-health.ts'

/**
 * Stores one slice of readings and the events of what they changed, in one statement. Returns the names that were written.
 *
 * - Lock order as in every writer: instances by name, then the lock that orders events. A CTE runs when it is read, so
 *   `(select count(*) from locked) >= 0` takes all row locks before the first update.
 * - Compare-and-set: a row that changed since it was read is not written; the caller decides on its reading again.
 * - An older answer never overwrites a newer one: neither a stored one (`verificada_em`), nor one of a full round of its server that
 *   started later and stored nothing. A stored moment after the present one (the clock was set back) is ignored.
 * - A round in which nothing changed stores its moment once for all (`checkedAt`). The first reading without an answer stores that as the
 *   instance's own (`unchanged_at`).
 * - No CTE is joined with another CTE. The planner has no statistics for a CTE, expects one row of each, and compares
 *   all pairs of rows: `locked` joins its table by the index on `nome`, and `updated` returns everything that `inserted` needs.
 *
 * Parameters: arrays, one item an instance: $1 names, $2 versions, $3 when the reading started, $4 whether it was an answer,
 * $5 statuses, $6 reasons, $7 since when, $8 Evolution's state, $9 silent rounds, $10 connected at, $11 the fall before,
 * $12 the last fall, $13 statuses before, $14 whether an event is written, $15 evidence as JSON; $16 the moment, or null
 * for the clock of the database.
 */
export const storeStatement = statement(
  'store_readings',
  `with moment as materialized (select coalesce($16::timestamptz, clock_timestamp()) at),
locked as materialized (
  select n.*, i.verificada_em stored_at, ${SERVER} server, ${VERSION} present,
    case when not n.answered and i.silencios = 0 then (
      select r.started_at from zapfleet.server_rounds r where r.server = ${SERVER} and r.started_at between i.verificada_em and n.started) end unchanged_at
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bool[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::int[],
    $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::bool[], $15::text[])
  n(nome, "version", started, answered, status, reason, since, word, silent, connected_at, fall_before, last_fall, from_status, is_change, evidence)
  join public.whatsapp_instances i on i.nome = n.nome
  where i.removida_em is null
  order by i.nome for no key update of i),
valid as materialized (
  select locked.* from moment, locked where locked.present = locked."version" and (select count(*) from locked) >= 0
    and not coalesce(locked.stored_at > locked.started and locked.stored_at <= moment.at, false)
    and not exists (select from zapfleet.server_rounds r where r.server = locked.server and r.started_at > locked.started and r.started_at <= moment.at)),
updated as (
  update public.whatsapp_instances w
  set status = valid.status, status_motivo = valid.reason, status_desde = valid.since, estado_evolution = valid.word, silencios = valid.silent,
    verificada_em = case when valid.answered then valid.started else coalesce(valid.unchanged_at, w.verificada_em) end,
    conectada_em = valid.connected_at, queda_anterior = valid.fall_before, ultima_queda = valid.last_fall
  from valid where w.nome = valid.nome
  returning valid.nome, valid.started, valid.from_status, valid.status, valid.reason, valid.evidence, valid.is_change, zapfleet.instance_facts(w) facts),
inserted as (
  insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
  select zapfleet.next_event_id(), 'status', updated.nome, updated.started, updated.from_status, updated.status, updated.reason, updated.evidence::jsonb, updated.facts
  from updated where updated.is_change
  returning 1)
select nome from updated where (select count(*) from inserted) >= 0`,
)

/**
 * Begins a grace of the server $4: $1 the moment, $2 its end, $3 the moment before which the last one must have ended. A row back =
 * begun here; of several processes that see the same fall, one begins it.
 */
export const beginGraceStatement = statement(
  'begin_grace',
  `insert into zapfleet.server_rounds (started_at, grace_until, server) values ($1::timestamptz, $2::timestamptz, $4::text)
on conflict (server) do update set grace_until = excluded.grace_until
  where server_rounds.grace_until is null or server_rounds.grace_until < $3::timestamptz
returning grace_until`,
)

/**
 * $1 when a full round of the server $3 started to read; $2 the moment handed in, or null. One that lies ahead of the clock is replaced. $4 whether
 * no instance had an answer; null: there is no instance. Of the time between two rounds a minute at most counts as silence: before that no round read the server.
 */
export const markRoundStatement = statement(
  'mark_round',
  `insert into zapfleet.server_rounds (started_at, server, silent_since) values ($1::timestamptz, $3::text, case when $4::boolean then $1::timestamptz end)
on conflict (server) do update
set started_at = case when server_rounds.started_at <= coalesce($2::timestamptz, clock_timestamp())
  then greatest(server_rounds.started_at, excluded.started_at) else excluded.started_at end,
  silent_since = case when $4::boolean is null then server_rounds.silent_since
    when $4::boolean then coalesce(
      server_rounds.silent_since + greatest(excluded.started_at - server_rounds.started_at - interval '1 minute', interval '0'), excluded.silent_since) end`,
)
