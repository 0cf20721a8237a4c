import { EvolutionError } from '@zapfleet/evolution'
import type { Call } from '../ground/call.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { onServer, type ServerCall, type ServerFleet } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import { statusOf } from './message-events.ts'
import type { OutcomeFleet } from './outcome-fleet.ts'
import { takeEvents, waitForEvents } from './take-events.ts'

/** Messages of one run. Evolution takes some 10 ms for each. */
const MOST_IN_A_RUN = 50
/** Of one run while Evolution has answered nothing for so many in a row: it stores no messages, or there is no status. */
const MOST_WHILE_EMPTY = 2
const EMPTY_FROM = 50
const AT_ONCE = 4

/** Of an instance that a server is about to delete. */
const MOST_AT_LAST = 1_000
/** A process that claims uses the server that it read before, for some seconds. */
const GRANTED_LATER = `interval '10 seconds'`

const IS_WITHOUT_OUTCOME = `r.message_id is not null and r.outcome is null and r.read_backs < 3 and r.state = 'confirmed'
    and r.reserved_at > moment.at - interval '24 hours'`

/** Which are due at `moment`: only those of instances that are connected, since Evolution may be away of others. */
const IS_DUE = `${IS_WITHOUT_OUTCOME}
    and r.reserved_at <= moment.at - case r.read_backs when 0 then interval '90 seconds' when 1 then interval '15 minutes' else interval '3 hours' end
    and exists (select from public.whatsapp_instances i where i.nome = r.instance_name and i.removida_em is null and i.status in ('connected', 'open'))`

const dueStatement = statement(
  'read_backs_due',
  `with ${INSTANT} select exists (select from zapfleet.reservations r, moment where ${IS_DUE}) is_due`,
)

/**
 * $2 how many. A message is read at the ages of 90 s, 15 minutes and 3 hours, until it has an outcome; on the server that sent it, if its instance
 * moved and is still there. The newest come first, since judgements are about them.
 */
const takeStatement = statement(
  'take_read_backs',
  `with ${INSTANT},
due as materialized (
  select r.id from zapfleet.reservations r, moment
  where ${IS_DUE}
  order by r.reserved_at desc limit $2::int for no key update of r skip locked)
update zapfleet.reservations r set read_backs = r.read_backs + 1 from due where r.id = due.id
returning r.instance_name, r.message_id, coalesce(
  (select l.server from zapfleet.leftovers l where l.instance_name = r.instance_name and l.served_until >= r.reserved_at order by l.served_until limit 1),
  (select i.servidor from public.whatsapp_instances i where i.nome = r.instance_name)) server`,
)

/** $2 the instance, $3 until when the server served it, $4 the server, $5 how many. */
const lastStatement = statement(
  'last_read_backs',
  `with ${INSTANT}
select r.instance_name, r.message_id, $4::text server from zapfleet.reservations r, moment
where r.instance_name = $2::text and ${IS_WITHOUT_OUTCOME} and r.reserved_at <= $3::timestamptz + ${GRANTED_LATER}
order by r.reserved_at desc limit $5::int`,
)

/** The messages of $2 until $3 are not read any more: no server has their statuses. */
const endStatement = statement(
  'end_read_backs',
  `with ${INSTANT},
over as materialized (
  select r.id from zapfleet.reservations r, moment
  where r.instance_name = $2::text and ${IS_WITHOUT_OUTCOME} and r.reserved_at <= $3::timestamptz
  order by r.id for no key update of r)
update zapfleet.reservations r set read_backs = 3 from over where r.id = over.id`,
)

/** A message, and the server that has its statuses; null: the default one. */
type Due = { instance_name: string; message_id: string; server: string | null }

/** What the readings need of a fleet. */
type ReadBackFleet = ServerFleet & Pick<OutcomeFleet, 'intake' | 'readBacks'>

/**
 * Reads from Evolution the statuses of messages of which no event arrived, a bounded number of them. What Evolution lost itself is missing there
 * too; what was lost on the way here is found. A server is left at the first call that it does not answer.
 *
 * @returns `changed`: messages with an outcome that was missed
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readBackOutcomes(call: Call<ReadBackFleet>): Promise<{ changed: number }> {
  const { fleet } = call
  const [work] = await fleet.sql.readTogether<{ is_due: boolean }>(dueStatement, [fleet.clock()])
  if (!work?.is_due) return { changed: 0 }
  const most = fleet.readBacks.emptyInARow >= EMPTY_FROM ? MOST_WHILE_EMPTY : MOST_IN_A_RUN
  const due = await fleet.sql.run<Due>(takeStatement, [fleet.clock(), most])
  const { changed } = await readStatuses(call, due)
  return { changed }
}

/**
 * The same of all messages that a server sent for an instance, before it deletes that: their statuses are then gone. Ends early where the server
 * stores none.
 *
 * @param until when another server began to serve the instance
 * @returns false: the server does not answer, and the rest was not read
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readBackLast(
  call: ServerCall<ReadBackFleet>,
  { name, until }: { name: string; until: Date },
): Promise<boolean> {
  const { fleet, server } = call
  const last = await fleet.sql.run<Due>(lastStatement, [fleet.clock(), name, until, server, MOST_AT_LAST])
  const { away } = await readStatuses(call, last)
  if (away.has(server)) return false
  await fleet.sql.run(endStatement, [fleet.clock(), name, until])
  return true
}

/** Reads them in this order, until there is no more, or 50 in a row have no status. @param due emptied */
async function readStatuses(
  call: Call<ReadBackFleet>,
  due: Due[],
): Promise<{ changed: number; away: ReadonlySet<string> }> {
  const { fleet, log } = call
  const { readBacks } = fleet
  let changed = 0
  let emptyInARow = 0
  /** Servers that do not answer. */
  const away = new Set<string>()
  const read = async (): Promise<void> => {
    for (let next = due.shift(); next !== undefined && emptyInARow < EMPTY_FROM; next = due.shift()) {
      const { instance_name: instance, message_id: messageId } = next
      const server = serverOf(next.server)
      if (away.has(server)) continue
      try {
        const { evolution } = await onServer(call, server)
        const words = await evolution.findStatuses(instance, messageId)
        const statuses = words.flatMap((word) => statusOf(word) ?? [])
        emptyInARow = statuses.length > 0 ? 0 : emptyInARow + 1
        readBacks.emptyInARow = statuses.length > 0 ? 0 : readBacks.emptyInARow + 1
        if (statuses.length === 0) continue
        changed++
        takeEvents(fleet, 'read_back', {
          instance,
          outcomes: statuses.map((status) => ({ messageId, status })),
          sends: [],
          inbound: [],
          lids: [],
        })
      } catch (error) {
        const isUnknownServer = error instanceof FleetError && error.code === 'NOT_FOUND'
        if (isUnknownServer) {
          away.add(server)
          continue
        }
        if (!(error instanceof EvolutionError)) throw error
        if (error.code === 'EVOLUTION_UNREACHABLE' || error.refusal === 'unlicensed') away.add(server)
        log.debug({ err: error, instance }, 'the statuses of a message could not be read')
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, read))
  if (changed > 0) await waitForEvents(fleet)
  return { changed, away }
}
