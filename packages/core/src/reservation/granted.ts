import type { Claimed } from './claim.ts'
import type { Pick } from './rank.ts'
import type { Reservation } from './reservation.ts'

/** The answer to a reserve that was granted; `grantsAfter`: later grants of the same claim on the same instance. */
export function granted(pick: Pick, claimed: Claimed, reservedAt: string, grantsAfter: number): Reservation {
  const seat = claimed.seats.get(pick.instance)
  const room = (capacity: number, sent: number): number => Math.max(0, capacity - sent + grantsAfter)
  return {
    id: pick.reserve.id,
    instanceName: pick.instance,
    contactId: pick.reserve.contactId,
    strategy: pick.reserve.strategy,
    state: 'reserved',
    preference: pick.outcome,
    reservedAt,
    remaining: seat
      ? { hour: room(seat.hourlyCapacity, seat.sentThisHour), day: room(seat.dailyCapacity, seat.sentToday) }
      : { hour: 0, day: 0 },
  }
}
