import type pg from 'pg'
import { readStatusReason, type StatusReason } from '../instance/action.ts'
import { IS_FAILING, IS_RESTRICTED, MANAGED, SERVER } from '../instance/counters-sql.ts'
import { canonicalPhone, storedPhone } from '../instance/phone-of.ts'
import { readStatus, type Status } from '../instance/status.ts'
import { SENDER_LEASE } from '../message/read-senders.ts'
import { type Coverage, type CoverageRow, coverageStatement, toCoverage } from '../outcome/read-coverage.ts'
import { LAST_ROUNDS, PERIOD } from '../schedule/read-runs.ts'
import { queryReadOnly } from './diagnose-connection.ts'
import { diagnoseServers, type ServersDiagnosis } from './diagnose-servers.ts'

/** What a migrated database holds of its fleet. Ages are in milliseconds by the database's clock. */
export type RegistryDiagnosis = {
  /** The IANA name that is stored; null: none yet. */
  timeZone: string | null
  /** Whether this PostgreSQL has the time zone of the environment. */
  hasTimeZone: boolean
  /** Every number of the registry and its status, by name. */
  instances: {
    name: string
    /** The Evolution server that has it. */
    server: string
    status: Status
    /** Why it has the status; null: nothing is known beside it. */
    reason: StatusReason | null
    paused: boolean
    /** Its messages do not arrive: it is out of the rotation. */
    isFailing: boolean
    /** WhatsApp lets it write only to people who know it. */
    isRestricted: boolean
    /** The instance that serves the phone of this one; null: it has a phone of its own, or none. */
    duplicateOf: string | null
    /** The registered phone in one spelling for each phone, as `canonicalPhone`; null: none, or a text that is none. */
    registeredPhone: string | null
  }[]
  /** The leader of the schedulers; `leftMs` of its lease, negative when it was not renewed. Null: none ever led, or it left. */
  leader: { holder: string; leftMs: number } | null
  /** When a health round last began, and the period of the rounds, see `PERIOD`; null: never. */
  polling: { ageMs: number; periodMs: number; failed: string | null } | null
  /** Other jobs whose last run failed. */
  failedJobs: { job: string; failed: string }[]
  /** Which numbers are covered by events about messages. */
  coverage: Coverage
  /**
   * Numbers that were logged out through zapfleet and paired again in the last 30 days, and that have received no message since. Evolution
   * up to 2.3.6 sends no event of their inbound messages until it restarts.
   */
  withoutInbound: string[]
  /** The secret in the header of our webhooks; null before it was first needed. Never show it. */
  webhookSecret: string | null
  /** Messages that are due and wait, since when the oldest does, and the senders that run. */
  messages: { waiting: number; oldestMs: number | null; senders: number }
  /** Stored secrets, encrypted by ZAPFLEET_SECRET; those of Evolution servers are in `servers`. */
  sealedSecrets: string[]
  servers: ServersDiagnosis
  /** Alert routes whose last delivery failed, and why, without secrets. */
  failingRoutes: { name: string; error: string }[]
}

/** Covered by events, logged out by an admin, connected since, and no inbound message after that. */
const WITHOUT_INBOUND = `select i.nome from public.whatsapp_instances i
join lateral (select max(a.at) at from zapfleet.audit a
  where a.target = i.nome and a.act = 'instance.logout' and a.outcome = 'done' and a.at > clock_timestamp() - interval '30 days') logout on logout.at is not null
where ${MANAGED} and i.status in ('connected', 'open') and i.conectada_em > logout.at
  and exists (select from zapfleet.event_coverage c where c.instance_name = i.nome and c.last_at > i.conectada_em and c.source <> 'report')
  and not exists (select from zapfleet.conversations v where v.instance_name = i.nome and v.last_inbound_at > i.conectada_em)
order by i.nome`

/** Reads what a migrated database holds of its fleet; changes nothing. */
export async function diagnoseRegistry(
  client: pg.Client,
  { timeZone, defaultCountry }: { timeZone: string; defaultCountry: string },
): Promise<RegistryDiagnosis> {
  const [facts] = await queryReadOnly<{
    time_zone: string | null
    has_zone: boolean
    holder: string | null
    left_ms: number | null
    secret: string | null
    sealed: string[]
    failing_routes: { name: string; error: string }[]
  }>(
    client,
    `select (select value from zapfleet.settings where key = 'time_zone') time_zone,
  exists (select from pg_timezone_names where name = $1) has_zone, l.holder,
  extract(epoch from l.expires_at - clock_timestamp())::float8 * 1000 left_ms,
  (select value from zapfleet.secrets where name = 'webhook') secret,
  array(select sealed_secret from zapfleet.webhook_endpoints union all
    select sealed from zapfleet.alert_routes where sealed is not null) sealed,
  coalesce((select jsonb_agg(jsonb_build_object('name', r.name, 'error', coalesce(r.last_delivery_error, '')) order by r.name)
    from zapfleet.alert_routes r where not r.last_delivery_ok), '[]') failing_routes
from (select) nothing left join zapfleet.leases l on l.name = 'scheduler'`,
    [timeZone],
  )
  const instances = await queryReadOnly<{
    nome: string
    server: string
    status: string | null
    status_motivo: string | null
    pausada: boolean
    is_failing: boolean
    is_restricted: boolean
    duplicata_de: string | null
    numero_telefone: string | null
  }>(
    client,
    `select i.nome, ${SERVER} server, i.status, i.status_motivo, i.pausada, ${IS_FAILING} is_failing, ${IS_RESTRICTED} is_restricted, i.duplicata_de, i.numero_telefone
from (select clock_timestamp() at) moment, public.whatsapp_instances i where ${MANAGED} order by i.nome`,
  )
  const runs = await queryReadOnly<{
    job: string
    age_ms: number
    failed: string | null
  }>(
    client,
    `select distinct on (job) job, extract(epoch from clock_timestamp() - started_at)::float8 * 1000 age_ms, failed
from zapfleet.job_runs order by job, started_at desc`,
  )
  const [pulse] = await queryReadOnly<{ period_ms: number }>(
    client,
    `select extract(epoch from ${PERIOD})::float8 * 1000 period_ms from ${LAST_ROUNDS}`,
  )
  const [coverage] = await queryReadOnly<CoverageRow>(client, coverageStatement.text, [null, null])
  const inbound = await queryReadOnly<{ nome: string }>(client, WITHOUT_INBOUND)
  const [messages] = await queryReadOnly<{ waiting: number; oldest_ms: number | null; senders: number }>(
    client,
    `select count(*)::int waiting, extract(epoch from clock_timestamp() - min(m.due_at))::float8 * 1000 oldest_ms,
  (select count(*)::int from zapfleet.leases l where l.name like '${SENDER_LEASE}%' and l.expires_at > clock_timestamp()) senders
from zapfleet.messages m where m.state = 'queued' and m.due_at <= clock_timestamp()`,
  )
  const poll = runs.find(({ job }) => job === 'health-poll')
  return {
    timeZone: facts?.time_zone ?? null,
    hasTimeZone: facts?.has_zone ?? false,
    instances: instances.map((row) => ({
      name: row.nome,
      server: row.server,
      status: readStatus(row.status),
      reason: readStatusReason(row.status_motivo),
      paused: row.pausada,
      isFailing: row.is_failing,
      isRestricted: row.is_restricted,
      duplicateOf: row.duplicata_de,
      registeredPhone: keyOf(storedPhone(row.numero_telefone, defaultCountry)),
    })),
    leader: facts?.holder != null ? { holder: facts.holder, leftMs: Math.round(facts.left_ms ?? 0) } : null,
    polling: poll
      ? { ageMs: Math.max(0, Math.round(poll.age_ms)), periodMs: pulse?.period_ms ?? 0, failed: poll.failed }
      : null,
    failedJobs: runs.flatMap(({ job, failed }) =>
      failed !== null && job !== 'health-poll' ? [{ job, failed }] : [],
    ),
    coverage: toCoverage(coverage),
    withoutInbound: inbound.map(({ nome }) => nome),
    messages: {
      waiting: messages?.waiting ?? 0,
      oldestMs: messages?.oldest_ms ?? null,
      senders: messages?.senders ?? 0,
    },
    webhookSecret: facts?.secret ?? null,
    sealedSecrets: facts?.sealed ?? [],
    servers: await diagnoseServers(client),
    failingRoutes: facts?.failing_routes ?? [],
  }
}

const keyOf = (phone: string | null): string | null => (phone === null ? null : canonicalPhone(phone))
