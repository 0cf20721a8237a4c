import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { type NewestSlice, walkNewest } from './walk-newest.ts'

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
 * Reads which of the two forms of a Brazilian number its newest reservation was written in, see `walkNewest`. Null when none of them is
 * the contact's.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readLastForm(
  fleet: Pick<ContactFleet, 'sql'>,
  key: string,
  forms: readonly [string, string],
): Promise<string | null> {
  const slices = walkNewest(async (before, rows) => {
    const [slice] = await fleet.sql.run<NewestSlice & { form: string | null }>(sliceStatement, [
      before,
      rows,
      key,
      forms,
    ])
    return slice
  })
  for await (const { form } of slices) if (form !== null) return form
  return null
}
