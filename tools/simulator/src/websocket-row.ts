import { newRowId } from './instance.ts'
import { WEBHOOK_EVENTS } from './webhook-row.ts'

/** The websocket settings of an instance, as stored. */
export type WebsocketRow = {
  id: string
  enabled: boolean
  events: string[]
  createdAt: string
  updatedAt: string
  instanceId: string
}

/** The row after `websocket/set`: no events means all of them, and disabled settings lose their events. */
export function nextWebsocketRow(
  before: WebsocketRow | null,
  { enabled, events }: { enabled: boolean; events: string[] },
  instanceId: string,
  at: Date,
): WebsocketRow {
  const now = at.toISOString()
  return {
    id: before?.id ?? newRowId(),
    enabled,
    events: enabled ? (events.length === 0 ? [...WEBHOOK_EVENTS] : events) : [],
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    instanceId,
  }
}
