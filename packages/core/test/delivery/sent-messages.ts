import type { Sql } from '../support/fleet.ts'

/** A message as the intake of outcomes stores it; instants are ISO 8601. */
export type SentMessage = {
  instance: string
  contact: string
  at: Date
  kind?: 'known' | 'new' | 'reply'
  /** False: its id is not known, so no event can be linked with it. */
  isLinked?: boolean
  /** Of a message that was not sent. */
  cause?: 'line_down' | 'not_on_whatsapp' | 'refused' | 'not_tried'
  outcome?: 'sent' | 'delivered' | 'read' | 'failed'
  /** The first good report; for `failed` when it failed. */
  reportedAt?: Date | null
}

/** Stores messages; each was confirmed or given back at its moment. */
export async function storeMessages(sql: Sql, messages: readonly SentMessage[]): Promise<void> {
  await sql(
    `insert into zapfleet.reservations
       (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, settled_at, state, release_cause, kind, outcome, outcome_at, evidence_at, message_id)
     select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(m.place), 3, '0') || '8' || substr(md5(random()::text), 1, 15))::uuid,
       m.instance, m.contact, 'sticky', case m.kind when 'new' then 'assigned' else 'kept' end, 'epoch', 'epoch', m.at, m.at, case when m.cause is null then 'confirmed' else 'released' end, m.cause, m.kind,
       m.outcome, m.reported, case when m.outcome <> 'failed' then m.reported end, case when m.linked then md5(random()::text) end
     from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bool[])
       with ordinality m(instance, contact, at, kind, cause, outcome, reported, linked, place)`,
    [
      messages.map((one) => one.instance),
      messages.map((one) => one.contact),
      messages.map((one) => one.at.toISOString()),
      messages.map((one) => one.kind ?? 'known'),
      messages.map((one) => one.cause ?? null),
      messages.map((one) => one.outcome ?? null),
      messages.map((one) => one.reportedAt?.toISOString() ?? null),
      messages.map((one) => one.isLinked ?? one.cause === undefined),
    ],
  )
}

/** Seven days of 60 messages an hour, of which `share` had a report within a minute; and events that arrive now. */
export async function storeBaseline(sql: Sql, instance: string, share: number, now: Date): Promise<void> {
  await sql(
    `insert into zapfleet.hourly_sends (instance_name, hour, sent) select $1, date_trunc('hour', $2::timestamptz) - n * interval '1 hour', 60 from generate_series(1, 160) n`,
    [instance, now.toISOString()],
  )
  await sql(
    `insert into zapfleet.hourly_outcomes (instance_name, hour, delivered, prompt)
     select $1, date_trunc('hour', $2::timestamptz) - n * interval '1 hour', round(60 * $3::float8), round(60 * $3::float8) from generate_series(1, 160) n`,
    [instance, now.toISOString(), share],
  )
  await storeCoverage(sql, instance, now)
}

/** An event about a message of this instance arrived. */
export async function storeCoverage(
  sql: Sql,
  instance: string,
  at: Date,
  source = 'instance_webhook',
): Promise<void> {
  await sql(
    `insert into zapfleet.event_coverage (instance_name, source, first_at, last_at) values ($1, $3, $2::timestamptz - interval '8 days', $2)
     on conflict (instance_name, source) do update set last_at = excluded.last_at`,
    [instance, at.toISOString(), source],
  )
}
