import { epochMs, INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { MANAGED, SERVER } from '../instance/counters-sql.ts'
import { type DeliveryState, FAILURE_REASONS, RESTRICTION_SOURCES } from '../instance/delivery.ts'
import { readStatus, type Status } from '../instance/status.ts'
import { lastOfServersSql } from '../outcome/read-coverage.ts'
import type { DeliveryFleet } from './delivery-fleet.ts'
import type { DeliveryEvidence, DeliveryJudgement } from './next-delivery.ts'
import type { RestrictionEvidence, RestrictionJudgement } from './next-restriction.ts'
import { readBaselines } from './read-baselines.ts'
import { DELIVERY_THRESHOLDS, RESTRICTION_THRESHOLDS } from './thresholds.ts'

/** What is stored of an instance, and what was read of it. */
export type Case = {
  name: string
  status: Status
  /** A write must find it unchanged. */
  version: string
  delivery: DeliveryJudgement
  deliveryEvidence: DeliveryEvidence
  restriction: RestrictionJudgement
  restrictionEvidence: RestrictionEvidence
}

/** The newest reservations that one reading takes into account, of all instances together. */
const RECENT_ROWS = 20_000
/** Of named instances, while a release waits: seats in a row are recent. */
const RECENT_ROWS_OF_NAMES = 5_000
/** Older ones are no evidence of the present. */
const RECENT = `interval '24 hours'`

/** Contacts that are no person: groups, broadcasts, newsletters. */
const NO_PERSON = '@(g[.]us|broadcast|newsletter)$'

/** A digest of what the judgements store of instance `i`. */
export const JUDGED = `md5(row(i.entrega, i.entrega_desde, i.entrega_motivo, i.restrita_desde, i.restrita_ate, i.restrita_fonte)::text)`

const seconds = (milliseconds: number): string => `interval '${milliseconds / 1_000} seconds'`

/**
 * Reads the connected instances $2, or, where it is null, all that have evidence: a judgement, a restriction, or events. Reservations are read
 * from the newest on, by the primary key, whose ids of version 7 grow with time; none where no instance is read.
 *
 * `accepted`: Evolution took the message, or WhatsApp answered that the contact has no WhatsApp, which needs a connection.
 * Refused seats are those after the last accepted one, reserved on this connection, of whose message nothing good was reported: a send through a
 * dead connection may fail after the next one has opened. Silent messages are those
 * to people who know the number: a message to a new contact proves nothing, nor does one to a group, which has no receipts, or one whose id
 * is not known, to which no event can be linked.
 *
 * Events of another number prove that those of this one would arrive only where both come by the websocket. By the global webhook they do not:
 * Evolution calls it for an event only after the webhook of that instance has answered.
 */
const evidenceStatement: Statement = statement(
  'delivery_evidence',
  `with ${INSTANT},
covering as materialized (${lastOfServersSql}),
judged as materialized (
  select i.nome, i.status, ${JUDGED} "version", i.entrega, i.entrega_desde, i.entrega_motivo, i.restrita_desde, i.restrita_ate, i.restrita_fonte, i.conectada_em,
    c.events_at, case when i.restrita_desde is null then i.restrita_ate end lifted_at
  from moment, public.whatsapp_instances i left join lateral (
    select max(greatest(c.last_at, covering.last_at)) events_at from zapfleet.event_coverage c left join covering on covering.source = c.source and c.source = 'websocket' and covering.server = ${SERVER}
    where c.instance_name = i.nome) c on true
  where ${MANAGED} and i.status in ('connected', 'open')
    and case when $2::text[] is null then i.entrega is not null or i.restrita_desde is not null or c.events_at is not null else i.nome = any($2::text[]) end),
newest as materialized (
  select r.instance_name, coalesce(r.contact_id, r.id::text) person, r.contact_id, r.kind, r.preference, r.state, r.release_cause, r.message_id, r.outcome, r.outcome_at, r.evidence_at, r.settled_at,
    r.reserved_at from zapfleet.reservations r order by r.id desc limit case when not exists (select from judged) then 0 when $2::text[] is null then ${RECENT_ROWS} else ${RECENT_ROWS_OF_NAMES} end),
recent as materialized (
  select n.* from moment, newest n where n.reserved_at > moment.at - ${RECENT} and n.instance_name in (select judged.nome from judged)),
marks as materialized (
  select r.instance_name, max(r.evidence_at) good_at, max(r.settled_at) filter (where r.state = 'confirmed' or r.release_cause = 'not_on_whatsapp') accepted_at,
    max(r.reserved_at) filter (where r.kind = 'new' and r.preference <> 'kept' and r.outcome in ('delivered', 'read')) probe_delivered_at
  from recent r group by 1),
bounds as materialized (
  select i.nome, m.good_at, m.accepted_at, m.probe_delivered_at, i.conectada_em, greatest(m.accepted_at, i.conectada_em, '-infinity') refused_after,
    greatest(m.good_at, i.conectada_em + ${seconds(DELIVERY_THRESHOLDS.blindMs)}, '-infinity') silent_after,
    greatest(moment.at - ${seconds(RESTRICTION_THRESHOLDS.withinMs)}, i.lifted_at) late_after, moment.at - ${seconds(DELIVERY_THRESHOLDS.silentAfterMs)} silent_before
  from moment, judged i left join marks m on m.instance_name = i.nome),
marked as materialized (
  select r.*, r.release_cause = 'line_down' and r.evidence_at is null and r.settled_at > b.refused_after
      and r.reserved_at >= coalesce(b.conectada_em, '-infinity') is_refused,
    r.state <> 'released' and r.message_id is not null and r.evidence_at is null and r.contact_id !~ '${NO_PERSON}' and r.kind is distinct from 'new'
      and r.reserved_at > b.silent_after and r.reserved_at < b.silent_before is_silent,
    r.outcome_at > b.late_after is_late
  from recent r join bounds b on b.nome = r.instance_name
  where r.release_cause = 'line_down' or r.reserved_at > b.silent_after or r.outcome_at > b.late_after),
counts as materialized (
  select m.instance_name,
    count(*) filter (where m.is_refused) refused, count(distinct m.person) filter (where m.is_refused) refused_people, max(m.settled_at) filter (where m.is_refused) refused_at,
    count(*) filter (where m.is_silent) silent, count(distinct m.person) filter (where m.is_silent) silent_people, min(m.reserved_at) filter (where m.is_silent) silent_at,
    count(distinct m.person) filter (where m.is_late and m.kind = 'new' and m.outcome = 'failed') failed_new,
    count(distinct m.person) filter (where m.is_late and m.kind = 'new' and m.outcome in ('delivered', 'read')) delivered_new,
    count(distinct m.person) filter (where m.is_late and m.kind in ('known', 'reply') and m.outcome in ('delivered', 'read')) delivered_known
  from marked m where m.is_refused or m.is_silent or m.is_late group by 1)
select ${epochMs('moment.at')} "at", (select coalesce(json_agg(json_build_object('name', i.nome, 'status', i.status, 'version', i."version",
    'state', i.entrega, 'since', ${epochMs('i.entrega_desde')}, 'reason', i.entrega_motivo,
    'restrictedSince', ${epochMs('i.restrita_desde')}, 'restrictedUntil', ${epochMs('i.restrita_ate')}, 'restrictionSource', i.restrita_fonte,
    'connectedAt', ${epochMs('i.conectada_em')}, 'eventsAt', ${epochMs('i.events_at')}, 'goodAt', ${epochMs('b.good_at')}, 'acceptedAt', ${epochMs('b.accepted_at')},
    'refused', coalesce(f.refused, 0), 'refusedPeople', coalesce(f.refused_people, 0), 'refusedAt', ${epochMs('f.refused_at')},
    'silent', coalesce(f.silent, 0), 'silentPeople', coalesce(f.silent_people, 0), 'silentAt', ${epochMs('f.silent_at')},
    'failedNew', coalesce(f.failed_new, 0), 'deliveredNew', coalesce(f.delivered_new, 0),
    'deliveredKnown', coalesce(f.delivered_known, 0), 'probeDeliveredAt', ${epochMs('b.probe_delivered_at')})), '[]')
  from judged i join bounds b on b.nome = i.nome left join counts f on f.instance_name = i.nome) cases
from moment`,
)

/** Instants are milliseconds since the epoch. */
type CaseRow = Record<
  | 'since'
  | 'restrictedSince'
  | 'restrictedUntil'
  | 'connectedAt'
  | 'eventsAt'
  | 'goodAt'
  | 'acceptedAt'
  | 'refusedAt'
  | 'silentAt'
  | 'probeDeliveredAt',
  number | null
> &
  Record<
    'refused' | 'refusedPeople' | 'silent' | 'silentPeople' | 'failedNew' | 'deliveredNew' | 'deliveredKnown',
    number
  > & {
    name: string
    status: string
    version: string
    state: string | null
    reason: string | null
    restrictionSource: string | null
  }

/**
 * Reads what the judgements need, at one moment.
 *
 * @param names null: all instances that have evidence
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readEvidence(
  fleet: DeliveryFleet,
  names: readonly string[] | null,
): Promise<{ at: Date; cases: Case[] }> {
  type Row = { at: number; cases: CaseRow[] }
  const values = [fleet.clock(), names]
  // A release waits for the judgement of names.
  const [row] =
    names === null
      ? await fleet.sql.readTogether<Row>(evidenceStatement, values)
      : await fleet.sql.run<Row>(evidenceStatement, values)
  if (!row) throw new Error('the statement that reads evidence returned no row')
  const covered = row.cases.filter((one) => one.eventsAt !== null).map((one) => one.name)
  // A number that is removed, and one that is registered again under its name, keeps none.
  if (names === null) fleet.delivery.baselines.keepOnly(covered)
  await readBaselines(fleet, covered)
  return { at: new Date(row.at), cases: row.cases.map((one) => toCase(fleet, one)) }
}

const instant = (atMs: number | null): Date | null => (atMs === null ? null : new Date(atMs))

function toCase({ delivery }: DeliveryFleet, row: CaseRow): Case {
  const { share, goodHour } = delivery.baselines.get(row.name)
  const state: DeliveryState = row.state === 'ok' || row.state === 'failing' ? row.state : 'unproven'
  return {
    name: row.name,
    status: readStatus(row.status),
    version: row.version,
    delivery: {
      state,
      since: instant(row.since),
      reason: state === 'failing' ? (FAILURE_REASONS.find((one) => one === row.reason) ?? null) : null,
    },
    deliveryEvidence: {
      connectedAt: instant(row.connectedAt),
      refused: { seats: row.refused, people: row.refusedPeople, lastAt: instant(row.refusedAt) },
      acceptedAt: instant(row.acceptedAt),
      goodAt: instant(row.goodAt) ?? goodHour,
      silent: { messages: row.silent, people: row.silentPeople, firstAt: instant(row.silentAt) },
      eventsAt: instant(row.eventsAt),
      baseline: share,
      probedAt: delivery.probedAt.get(row.name) ?? null,
    },
    restriction: {
      since: instant(row.restrictedSince),
      until: instant(row.restrictedUntil),
      source: RESTRICTION_SOURCES.find((one) => one === row.restrictionSource) ?? null,
    },
    restrictionEvidence: {
      failedNew: row.failedNew,
      deliveredNew: row.deliveredNew,
      deliveredKnown: row.deliveredKnown,
      probeDeliveredAt: instant(row.probeDeliveredAt),
    },
  }
}
