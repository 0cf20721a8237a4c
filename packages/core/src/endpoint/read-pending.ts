import type { EventType } from '../events/event.ts'
import { readEventsAfter } from '../events/read-events.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { getMessage } from '../message/get-message.ts'
import { type Change, readChangesAfter } from '../message/read-changes.ts'
import { getReservation } from '../reservation/get-reservation.ts'
import type { EndpointFleet } from './endpoint-fleet.ts'
import type { Position } from './position.ts'
import type { DueEndpoint } from './read-due.ts'

/** Entries of each stream that are read in one go. */
const PAGE = 50

/**
 * An entry of a stream. `id` names it in the fleet; `moves` is the position after it. `read` returns what is posted, null when the endpoint
 * does not want it or its row is gone.
 */
export type Pending = {
  id: string
  type: `instance.${EventType}` | 'message.state' | 'reservation.outcome'
  at: Date
  moves: Partial<Position>
  read(): Promise<object | null>
}

/** The next entries of the streams that an endpoint wants, in their order, both merged by time. @throws FleetError DATABASE_UNAVAILABLE */
export async function readPending(
  fleet: EndpointFleet,
  { events, position }: Pick<DueEndpoint, 'events' | 'position'>,
): Promise<Pending[]> {
  const wants = new Set(events)
  const [instances, changes] = await Promise.all([
    wants.has('instance') ? readEventsAfter(fleet, position.eventId, PAGE) : [],
    wants.has('message') || wants.has('outcome') ? readChangesAfter(fleet, position.change, PAGE) : [],
  ])
  return merged(
    instances.map(({ id, at, event }) => ({
      id: `instance-${id}`,
      type: `instance.${event.type}`,
      at,
      moves: { eventId: id },
      read: async () => event.instance,
    })),
    changes.map((change) => ({
      id: `change-${change.position.xid}-${change.position.seq}`,
      type: change.kind === 'message' ? 'message.state' : 'reservation.outcome',
      at: change.at,
      moves: { change: change.position },
      read: async () => (wants.has(change.kind) ? readSubject(fleet, change) : null),
    })),
  )
}

/** The message or the reservation as it is now; null when its row is gone. */
async function readSubject(fleet: EndpointFleet, { kind, messageId, reservationId }: Change) {
  try {
    if (kind === 'message') return messageId === null ? null : await getMessage(fleet, { id: messageId })
    return reservationId === null ? null : await getReservation(fleet, { id: reservationId })
  } catch (error) {
    if (error instanceof FleetError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** Both lists by time; each keeps its own order. */
function merged(one: readonly Pending[], other: readonly Pending[]): Pending[] {
  const all: Pending[] = []
  let place = 0
  for (const pending of one) {
    while (place < other.length && (other[place] as Pending).at <= pending.at)
      all.push(other[place++] as Pending)
    all.push(pending)
  }
  return [...all, ...other.slice(place)]
}
