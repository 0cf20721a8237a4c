import type { Kind } from '../contact/conversations.ts'
import { newContactRoom } from '../selection/candidate.ts'
import type { Claimed } from './claim.ts'
import type { Pick } from './rank.ts'
import type { Reservation } from './reservation.ts'

/**
 * The answer to a reserve that was granted. `kind`: that of the message, null without a contact; `grantsAfter`: later grants of
 * the same claim on the same instance; `slotMs`: when the message goes out, if it waits; `server`: that of the
 * instance.
 */
export function granted(
  pick: Pick,
  kind: Kind | null,
  claimed: Claimed,
  reservedAt: string,
  grantsAfter: number,
  slotMs: number | undefined,
  server: string,
): Reservation {
  const seat = claimed.seats.get(pick.instance)
  const room = (capacity: number, sent: number): number => Math.max(0, capacity - sent + grantsAfter)
  return {
    id: pick.reserve.id,
    instanceName: pick.instance,
    server,
    contactId: pick.reserve.contactId,
    pool: pick.reserve.pool,
    strategy: pick.reserve.strategy,
    state: 'reserved',
    preference: pick.outcome,
    kind,
    messageId: null,
    outcome: null,
    reservedAt,
    notBefore: slotMs === undefined ? null : new Date(slotMs).toISOString(),
    remaining: seat
      ? {
          hour: room(seat.hourlyCapacity, seat.sentThisHour),
          day: room(seat.dailyCapacity, seat.sentToday),
          newContacts: newContactRoom(seat),
        }
      : { hour: 0, day: 0, newContacts: null },
  }
}
