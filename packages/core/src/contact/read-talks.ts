import { idAt } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { type NewestSlice, walkNewest } from './walk-newest.ts'

/** Reservations this much older than the last filling may have been stored after it. */
const MARGIN = `interval '15 minutes'`

const conversationsStatement: Statement = statement(
  'read_talks',
  `select k.key from unnest($1::text[]) k(key) where exists (select from zapfleet.conversations v where v.contact_id = k.key)`,
)

/**
 * Of the $2 newest reservations before the id $1 that may not be in the conversations yet: how many there are, the oldest id, and which
 * of the contacts $3 were sent to.
 */
const sliceStatement: Statement = statement(
  'read_recent_talks',
  `with slice as materialized (
  select r.id, r.contact_id, r.state <> 'released' and r.outcome is distinct from 'failed' is_sent from zapfleet.reservations r
  where r.id < $1::uuid and r.id >= coalesce((select ${idAt(`f.until - ${MARGIN}`)} from zapfleet.conversations_filled f), '00000000-0000-0000-0000-000000000000'::uuid)
  order by r.id desc limit $2)
select (select count(*)::int from slice) "read", (select s.id from slice s order by s.id limit 1) oldest,
  array(select distinct s.contact_id from slice s where s.is_sent and s.contact_id = any($3::text[])) keys`,
)

/**
 * Reads which of these contacts have conversations. The scheduler stores them some time after a send, so the reservations since then are
 * read too, see `walkNewest`.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readTalks(
  fleet: Pick<ContactFleet, 'sql'>,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const stored = await fleet.sql.run<{ key: string }>(conversationsStatement, [keys])
  const talks = new Set(stored.map(({ key }) => key))
  if (talks.size === keys.length) return talks
  const slices = walkNewest(async (before, rows) => {
    const [slice] = await fleet.sql.run<NewestSlice & { keys: string[] }>(sliceStatement, [
      before,
      rows,
      keys,
    ])
    return slice
  })
  for await (const slice of slices) {
    for (const key of slice.keys) talks.add(key)
    if (talks.size === keys.length) break
  }
  return talks
}
