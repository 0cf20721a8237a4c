import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'

/** Each sender holds a lease of this name and an id. */
export const SENDER_LEASE = 'sender/'

/** How many processes work on the queue at `moment`, for other statements. */
export const SENDERS = `select count(*)::int senders from zapfleet.leases l, moment where l.name like '${SENDER_LEASE}%' and l.expires_at > moment.at`

const countSenders = statement('count_senders', `with ${INSTANT} ${SENDERS}`)

/** How many processes work on the queue. @throws FleetError DATABASE_UNAVAILABLE */
export async function readSenders({ sql, clock }: Pick<Ground, 'sql' | 'clock'>): Promise<number> {
  const [row] = await sql.run<{ senders: number }>(countSenders, [clock()])
  return row?.senders ?? 0
}
