import { hash } from 'node:crypto'
import { apartKey, isApart } from '../contact/contact-ids.ts'
import { formsApart } from '../contact/contact-person.ts'
import type { Ground } from '../ground/ground.ts'
import { INSTANT, MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COUNTERS, NEW_ROOM } from '../instance/counters-sql.ts'
import { leastRoom } from '../selection/candidate.ts'
import { serverOf } from '../server/server-names.ts'
import type { PendingReserve } from './pending-reserve.ts'
import type { Outcome, OutcomeStatus, Reservation } from './reservation.ts'

/** A reservation as it is read, with the room its instance has now. */
export type ReservationRow = {
  id: string
  instance_name: string
  /** The stored server of the instance. */
  servidor: string | null
  /** The contact's key. */
  contact_id: string | null
  /** The contact as the caller wrote it, where that is not its key. */
  contact_as: string | null
  pool: string | null
  strategy: Reservation['strategy']
  preference: Reservation['preference']
  state: Reservation['state']
  owner: string | null
  kind: Reservation['kind']
  message_id: string | null
  outcome: OutcomeStatus | null
  /** As `reserved_at`. */
  outcome_at: Date | string | null
  outcome_error: string | null
  /** A Date, or its text where the row came as JSON. */
  reserved_at: Date | string
  not_before: Date | string | null
  hour: number
  day: number
  /** Null without a limit. */
  new_hour: number | null
  new_day: number | null
}

/** The columns of ReservationRow: `r` is the reservation, `i` its instance (may be missing), `moment` the moment. */
export const RESERVATION_COLUMNS = `r.id, r.instance_name, r.contact_id, r.contact_as, r.pool, r.strategy, r.preference, r.state, r.owner, r.kind, r.reserved_at, r.not_before,
  r.message_id, r.outcome, r.outcome_at, r.outcome_error,
  coalesce(greatest(0, i.hourly_capacity - i.sent_this_hour), 0) as hour, coalesce(greatest(0, i.daily_capacity - i.sent_today), 0) as day,
  i.new_room_hour as new_hour, i.new_room_day as new_day, i.servidor`

/** Turns a row into what callers get. */
export function readReservation(row: ReservationRow): Reservation {
  return {
    id: row.id,
    instanceName: row.instance_name,
    server: serverOf(row.servidor),
    contactId: row.contact_as ?? row.contact_id,
    pool: row.pool,
    strategy: row.strategy,
    state: row.state,
    preference: row.preference,
    kind: row.kind,
    messageId: row.message_id,
    outcome: readOutcome(row),
    reservedAt: new Date(row.reserved_at).toISOString(),
    notBefore: row.not_before === null ? null : new Date(row.not_before).toISOString(),
    remaining: { hour: row.hour, day: row.day, newContacts: leastRoom(row.new_hour, row.new_day) },
  }
}

function readOutcome({ outcome, outcome_at, outcome_error }: ReservationRow): Outcome | null {
  if (outcome === null || outcome_at === null) return null
  return { status: outcome, at: new Date(outcome_at).toISOString(), error: outcome_error }
}

/** The reservation stored for an idempotency key. `contact` is the contact's key. */
export type KeyedReservation = {
  hash: string
  contact: string | null
  reservation: Reservation
}

const KEY_LIFE = `interval '24 hours'`

/** A key whose reservation was removed is treated as one that is over. */
const readKeys = statement(
  'read_keys',
  `with ${MOMENT}
select k.key, k.input_hash as hash, r.id is null or k.reserved_at <= moment.at - ${KEY_LIFE} as expired, ${RESERVATION_COLUMNS}
from moment, zapfleet.idempotency_keys k left join zapfleet.reservations r on r.id = k.reservation_id
left join lateral (select ${COUNTERS}, ${NEW_ROOM}, i.servidor from public.whatsapp_instances i where i.nome = r.instance_name) i on true
where k.key = any($3::uuid[])`,
)

/** Locks by key, as every statement that removes keys does. */
const expireKeys = statement(
  'expire_keys',
  `with ${INSTANT},
expired_keys as (select k.key from zapfleet.idempotency_keys k, moment where k.key = any($2::uuid[])
    and (k.reserved_at <= moment.at - ${KEY_LIFE} or not exists (select from zapfleet.reservations r where r.id = k.reservation_id))
  order by k.key for update of k)
delete from zapfleet.idempotency_keys k using expired_keys where k.key = expired_keys.key`,
)

/** Reads the reservations of these keys: null for a key that is over. A key that is not in the result is free. */
export async function readKeyed(
  { sql, clock, timeZone }: Ground,
  keys: string[],
): Promise<Map<string, KeyedReservation | null>> {
  const rows = await sql.runCount<ReservationRow & { key: string; hash: string; expired: boolean }>(
    readKeys,
    [clock(), timeZone, keys],
  )
  return new Map(
    rows.map((row) => [
      row.key,
      row.expired ? null : { hash: row.hash, contact: row.contact_id, reservation: readReservation(row) },
    ]),
  )
}

/** Frees keys that are older than a day. Alone in its statement, so it can wait for no claim that waits for it. */
export async function freeExpiredKeys({ sql, clock }: Ground, keys: string[]): Promise<void> {
  await sql.runCount(expireKeys, [clock(), keys])
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** The characters of a UUID that hold the time, in version 7. */
const TIME = 13

/**
 * An idempotency key as it is stored; in SQL `zapfleet.stored_key`. The text of a key is not stored: it may name a person. A UUID of version 7 keeps its
 * time, so that keys of one minute are next to each other in the index.
 */
export function storedKey(idempotencyKey: string): string {
  const stored = digest(idempotencyKey)
  return UUID_V7.test(idempotencyKey) ? idempotencyKey.slice(0, TIME) + stored.slice(TIME) : stored
}

/** The first 128 bits of the SHA-256 of a text, as PostgreSQL writes a uuid. */
function digest(text: string): string {
  const hex = hash('sha256', text, 'hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

/** Equal for equal input with the defaults filled in. `contact`: see PendingReserve. */
export function inputHash(
  contact: string | null,
  {
    strategy,
    fallback,
    exclude,
    maxWaitMs,
    pool,
  }: Pick<PendingReserve, 'strategy' | 'fallback' | 'exclude' | 'maxWaitMs' | 'pool'>,
): string {
  const input = [contact, strategy, fallback, exclude ? [...exclude].sort() : []]
  // Hashes that were stored before there was a wait, or a pool, stay equal.
  if (maxWaitMs > 0) input.push(String(maxWaitMs))
  if (pool !== null) input.push(`pool ${pool}`)
  return digest(JSON.stringify(input))
}

/**
 * Whether a reserve repeats the stored one. The contact may be written in another of its forms; a reservation that was made before
 * forms were joined, or before two ids were linked, was stored for the id as it was written. Two forms that are two contacts have one
 * hash.
 */
export function isSameInput(reserve: PendingReserve, stored: KeyedReservation): boolean {
  if (isOtherForm(reserve, stored)) return false
  if (stored.hash === reserve.hash) return true
  if (reserve.contact === null) return false
  const { contact, contactId } = reserve
  const written = contact === stored.contact ? [stored.contact, stored.reservation.contactId] : []
  return [contact, contactId, ...written].some((one) => inputHash(one, reserve) === stored.hash)
}

/** Whether the forms of a number are two contacts and the stored one is for the other of them; it may be older than their separation. */
function isOtherForm({ contact }: PendingReserve, stored: KeyedReservation): boolean {
  const both = contact === null ? null : formsApart(contact)?.both
  if (!both || stored.contact === null) return false
  const written = stored.reservation.contactId ?? stored.contact
  const storedForm = stored.contact === both ? apartKey(both, written) : stored.contact
  return isApart(storedForm) && storedForm !== contact
}
