import type pg from 'pg'

/** The contacts in every database of a fleet; calls draw them uniformly. */
export const CONTACTS = 10_000
/** One contact of this many has no number when the run begins. */
const FIRST_TIMERS_IN = 10
/** Messages per hour and day: too many to fill. */
export const CAPACITY = 1_000_000_000
/** The percentage of a page that rows may fill in the hot tables of every contestant, as in zapfleet's own. */
export const FILLFACTOR = 60

/** Connected numbers, evenly in so many pools; 0: none is in a pool. */
export type FleetSize = { numbers: number; pools: number }

/** Registers connected numbers and, in the bot's own table, the contacts: nine in ten have a number. */
export async function populate(client: pg.Client, { numbers, pools }: FleetSize): Promise<void> {
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
