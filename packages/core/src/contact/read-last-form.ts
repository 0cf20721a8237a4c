import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'

/** Reservations of one slice of the reading, and how many are read at most. */
const SLICE_ROWS = 5_000
const MOST_ROWS = 500_000

/**
 * Of the $2 newest reservations before the id $1: how many there are, the oldest id, and which form the newest of the key $3 was written
 * in that was written as a phone, of the forms $4.
 */
const sliceStatement: Statement = statement(
  'read_last_form',
  `with slice as materialized (
  select r.id, r.contact_id, regexp_replace(regexp_replace(coalesce(r.contact_as, r.contact_id), '[:@].*$', ''), '\\D', '', 'g') digits
  from zapfleet.reservations r where r.id < $1::uuid order by r.id desc limit $2)
select (select count(*)::int from slice) "read", (select s.id from slice s order by s.id limit 1) oldest,
  (select f.form from slice s join unnest($4::text[]) f(form) on s.contact_id = $3::text and s.digits like '%' || substr(f.form, 3)
    order by s.id desc limit 1) form`,
)

/**
 * Reads which of the two forms of a Brazilian number its newest reservation was written in. There is no index for it, so it reads the newest reservations
 * in slices of the primary key, half a million at most. Null when none of them is the contact's.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readLastForm(
  fleet: Pick<ContactFleet, 'sql'>,
  key: string,
  forms: readonly [string, string],
): Promise<string | null> {
  let before = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  for (let rows = 0; rows < MOST_ROWS; rows += SLICE_ROWS) {
    const [slice] = await fleet.sql.run<{ read: number; oldest: string | null; form: string | null }>(
      sliceStatement,
      [before, SLICE_ROWS, key, forms],
    )
    if (!slice || slice.form !== null) return slice?.form ?? null
    if (slice.oldest === null || slice.read < SLICE_ROWS) return null
    before = slice.oldest
  }
  return null
}
