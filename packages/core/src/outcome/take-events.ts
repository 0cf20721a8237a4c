import type { EventSource } from './event-batch.ts'
import type { MessageEvents } from './message-events.ts'
import type { OutcomeFleet } from './outcome-fleet.ts'

/**
 * Takes in events about messages, from any source. Returns at once and never throws: they are stored soon, together with others.
 * Events of instances that are not ours, repeated ones and those of unknown messages are normal and cost little.
 */
export function takeEvents(
  fleet: Pick<OutcomeFleet, 'intake'>,
  source: EventSource,
  events: MessageEvents,
): void {
  fleet.intake.take(source, events)
}

/**
 * The same for events of an Evolution server. Two servers may have an instance of the same name, by a move or by chance. Of the events of
 * the other one only the outcomes are used: each belongs to a message of ours. Before that, the server of the instance is read again: another process may have moved it.
 */
export function takeServerEvents(
  fleet: Pick<OutcomeFleet, 'intake'>,
  server: string,
  source: EventSource,
  events: MessageEvents,
): void {
  fleet.intake.take(source, events, server)
}

/** Waits until the events taken in so far are stored; for tests and for a clean stop. */
export async function waitForEvents(fleet: Pick<OutcomeFleet, 'intake'>): Promise<void> {
  await fleet.intake.idle()
}
