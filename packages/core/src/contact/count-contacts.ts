import { readMoment } from '../db/moment.ts'
import { onDatabase } from '../db/on-database.ts'
import { statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'

/** How many contacts each number has. Numbers without any are left out. */
export type ContactCounts = {
  /** When they were counted, ISO 8601 in UTC. */
  countedAt: string
  counts: { name: string; contacts: number }[]
}

/** Counting reads both tables of contacts whole, some 100 ms for 100,000; whoever comes within this time gets the last count. */
const SHARED_FOR_MS = 15_000

/** A contact's number is what its row in clientes names, else what the side table does. */
const countStatement = statement(
  'count_contacts',
  `with c as materialized (
  select c.id::text id, min(nullif(c.instancia_preferida, '')) pref from public.clientes c where nullif(c.instancia_preferida, '') is not null group by 1)
select p.pref as name, count(*)::int contacts from (
  select c.pref from c
  union all
  select s.preferred_instance from zapfleet.contacts s
  where s.preferred_instance is not null and not exists (select from c where c.id = s.id)) p
group by p.pref order by p.pref`,
)

const counted = new WeakMap<Fleet['sql'], { startedAtMs: number; answer: Promise<ContactCounts> }>()

/**
 * How many contacts prefer each number, at most 15 s old.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export function countContacts(fleet: Fleet): Promise<ContactCounts> {
  const last = counted.get(fleet.sql)
  if (last && performance.now() - last.startedAtMs < SHARED_FOR_MS) return last.answer
  const count = { startedAtMs: performance.now(), answer: onDatabase(() => read(fleet)) }
  counted.set(fleet.sql, count)
  // A failure is not shared with those who come later.
  count.answer.catch(() => counted.delete(fleet.sql))
  return count.answer
}

async function read(fleet: Fleet): Promise<ContactCounts> {
  const { at } = await readMoment(fleet)
  const counts = await fleet.sql.run<{ name: string; contacts: number }>(countStatement, [])
  return { countedAt: at.toISOString(), counts }
}
