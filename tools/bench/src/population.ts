import type pg from 'pg'

/** The contacts in every database of a fleet; calls draw them uniformly. */
export const CONTACTS = 10_000
/** One contact of this many has no number when the run begins. */
const FIRST_TIMERS_IN = 10
/** Messages per hour and day: too many to fill. */
export const CAPACITY = 1_000_000_000
/** The percentage of a page that rows may fill in the hot tables of every contestant, as in zapfleet's own. */
export const FILLFACTOR = 60

/** Connected numbers, evenly in so many pools; 0: none is in a pool. `history`: reservations of the last 35 days. */
export type FleetSize = { numbers: number; pools: number; history?: number }

/** Registers connected numbers and, in the bot's own table, the contacts: nine in ten have a number. */
export async function populate(client: pg.Client, { numbers, pools, history = 0 }: FleetSize): Promise<void> {
  await client.query(
    `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, etiquetas)
     select 'number-' || i, 'connected', $2, $2, case when $3::int > 0 then array['pool-' || 1 + i % $3::int] else '{}' end
     from generate_series(1, $1::int) i`,
    [numbers, CAPACITY, pools],
  )
  await client.query(
    `insert into clientes (id, instancia_preferida)
     select 'contact-' || i, case when i % $3::int <> 0 then 'number-' || 1 + (i * 7919) % $1::int end
     from generate_series(1, $2::int) i`,
    [numbers, CONTACTS, FIRST_TIMERS_IN],
  )
  await client.query('vacuum analyze whatsapp_instances, clientes')
  if (history > 0) await fillHistory(client, numbers, history)
}

/**
 * SQL that stores reservations of the rows `t` (`n`, `at`). $1: how many numbers there are; $2: the state. Ids are of version 7, as those of a
 * reserve. Confirmed ones have the id and the outcome of a message.
 */
export const STORE_RESERVATIONS = `insert into zapfleet.reservations
    (id, instance_name, contact_id, strategy, preference, state, hour_window, day_window, reserved_at, settled_at, kind, message_id, outcome, outcome_at)
  select (lpad(to_hex(floor(extract(epoch from t.at) * 1000)::bigint), 12, '0') || '7' || substr(t.random, 1, 3) || '8' || substr(t.random, 4, 15))::uuid,
    'number-' || 1 + t.n % $1::int, 'contact-' || 1 + t.n % ${CONTACTS}, 'sticky', 'kept', $2::text, date_trunc('hour', t.at), date_trunc('day', t.at), t.at,
    case $2::text when 'confirmed' then t.at end, 'known', case $2::text when 'confirmed' then '3EB0' || upper(substr(t.random, 1, 18)) end,
    case $2::text when 'confirmed' then 'read' end, case $2::text when 'confirmed' then t.at end
  from (select t.*, md5(random()::text) random from`

/** Reservations of 35 days that were confirmed, the newest now, and the idempotency keys that they leave where each had one. */
async function fillHistory(client: pg.Client, numbers: number, rows: number): Promise<void> {
  // An index that grows in random order takes longer than the rows.
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text name, pg_get_indexdef(indexrelid) definition from pg_index
     where indrelid = 'zapfleet.reservations'::regclass and not indisprimary`,
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  await client.query(
    `${STORE_RESERVATIONS} (select n, now() - (1 - n::float8 / $3::int) * interval '35 days' as at from generate_series(1, $3::int) n) t) t`,
    [numbers, 'confirmed', rows],
  )
  for (const { definition } of indexes) await client.query(definition)
  await client.query(
    `insert into zapfleet.idempotency_keys (key, reservation_id, input_hash, reserved_at)
     select gen_random_uuid(), r.id, gen_random_uuid(), r.reserved_at from zapfleet.reservations r where r.reserved_at > now() - interval '25 hours'`,
  )
  await client.query('vacuum analyze zapfleet.reservations, zapfleet.idempotency_keys')
}

/** A contact, drawn at random. */
export function anyContact(): string {
  return `contact-${1 + Math.floor(Math.random() * CONTACTS)}`
}

/** A pool, drawn at random. */
export function anyPool(pools: number): string {
  return poolOf(Math.floor(Math.random() * pools), pools)
}

/** A contact, drawn at random, and the pool of the number that it has in the bot's table. */
export function anyContactInPool({ numbers, pools }: FleetSize): { contactId: string; pool: string } {
  const contact = 1 + Math.floor(Math.random() * CONTACTS)
  return { contactId: `contact-${contact}`, pool: poolOf(1 + ((contact * 7919) % numbers), pools) }
}

function poolOf(number: number, pools: number): string {
  return `pool-${1 + (number % pools)}`
}
