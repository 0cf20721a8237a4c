import { keyOf } from './event-batch.ts'

/**
 * A message that was handed to WhatsApp and has no reservation yet. `person`: see `personKey`; `sentAtMs` by Evolution's clock,
 * `arrivedAtMs` when its event arrived, by the database's.
 */
export type UnlinkedSend = {
  instance: string
  messageId: string
  person: string
  sentAtMs: number
  arrivedAtMs: number
}

/** A reservation without a message. `persons`: under which its message may be sent, one for each id of the contact. */
export type OpenReservation = {
  id: string
  instance: string
  persons: readonly string[]
  reservedAtMs: number
}

/** How long before its message a reservation was made at most. */
export const LINK_WITHIN_MS = 5 * 60_000
/** Evolution gives the moment of a send in whole seconds, by a clock that may differ from the database's. */
const CLOCK_SKEW_MS = 30_000

/**
 * Which message belongs to which reservation: of the same instance and person, the newest message to the newest reservation that
 * was made within the five minutes before it. An event may be late, so the moment of the send counts; where no reservation fits
 * it, Evolution's clock may be wrong, and the arrival counts. A reservation gets one message at most, a message one reservation.
 *
 * @param sends in the order of their arrival
 */
export function pairSends(
  sends: readonly UnlinkedSend[],
  reservations: readonly OpenReservation[],
): { id: string; messageId: string }[] {
  const open = new Map<string, OpenReservation[]>()
  const taken = new Set<OpenReservation>()
  for (const one of [...reservations].sort(newestFirst))
    for (const person of one.persons) {
      const key = keyOf(one.instance, person)
      const list = open.get(key)
      if (list) list.push(one)
      else open.set(key, [one])
    }
  const take = (send: UnlinkedSend, atMs: number): OpenReservation | undefined => {
    const list = open.get(keyOf(send.instance, send.person)) ?? []
    const found = list.find(
      (one) =>
        !taken.has(one) &&
        one.reservedAtMs <= atMs + CLOCK_SKEW_MS &&
        one.reservedAtMs > atMs - LINK_WITHIN_MS,
    )
    if (found) taken.add(found)
    return found
  }
  const newest = [...sends].reverse().sort((one, other) => other.sentAtMs - one.sentAtMs)
  const bySend = newest.map((send) => ({ send, found: take(send, send.sentAtMs) }))
  return bySend.flatMap(({ send, found }) => {
    const reservation = found ?? take(send, send.arrivedAtMs)
    return reservation ? [{ id: reservation.id, messageId: send.messageId }] : []
  })
}

/** Version 7 ids grow with time, so they decide between equal instants. */
function newestFirst(one: OpenReservation, other: OpenReservation): number {
  return other.reservedAtMs - one.reservedAtMs || (one.id < other.id ? 1 : -1)
}
