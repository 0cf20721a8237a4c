import { newRowId } from './instance.ts'

/** The webhook of an instance, as stored. An instance has at most one. */
export type WebhookRow = {
  id: string
  url: string
  headers: Record<string, string> | null
  enabled: boolean
  events: string[]
  byEvents: boolean
  base64: boolean
  createdAt: string
  updatedAt: string
}

/** The webhook in the body of webhook/set and create; an absent field keeps its old value. */
export type WebhookInput = {
  enabled?: boolean
  url?: string
  events?: string[]
  headers?: Record<string, string> | null
  byEvents?: boolean
  base64?: boolean
}

/** Every event that a webhook can subscribe to, in Evolution's order. */
export const WEBHOOK_EVENTS = [
  'APPLICATION_STARTUP',
  'QRCODE_UPDATED',
  'MESSAGES_SET',
  'MESSAGES_UPSERT',
  'MESSAGES_EDITED',
  'MESSAGES_UPDATE',
  'MESSAGES_DELETE',
  'SEND_MESSAGE',
  'SEND_MESSAGE_UPDATE',
  'CONTACTS_SET',
  'CONTACTS_UPSERT',
  'CONTACTS_UPDATE',
  'PRESENCE_UPDATE',
  'CHATS_SET',
  'CHATS_UPSERT',
  'CHATS_UPDATE',
  'CHATS_DELETE',
  'GROUPS_UPSERT',
  'GROUP_UPDATE',
  'GROUP_PARTICIPANTS_UPDATE',
  'CONNECTION_UPDATE',
  'LABELS_EDIT',
  'LABELS_ASSOCIATION',
  'CALL',
  'TYPEBOT_START',
  'TYPEBOT_CHANGE_STATUS',
  'REMOVE_INSTANCE',
  'LOGOUT_INSTANCE',
  'INSTANCE_CREATE',
  'INSTANCE_DELETE',
  'STATUS_INSTANCE',
] as const

/** The row after an input: no events means all of them, and a disabled webhook loses its events. */
export function nextWebhookRow(before: WebhookRow | null, input: WebhookInput, at: Date): WebhookRow {
  const enabled = input.enabled ?? true
  const events = input.events ?? []
  const now = at.toISOString()
  return {
    id: before?.id ?? newRowId(),
    url: input.url ?? before?.url ?? '',
    headers: input.headers === undefined ? (before?.headers ?? null) : input.headers,
    enabled,
    events: enabled ? (events.length === 0 ? [...WEBHOOK_EVENTS] : events) : [],
    byEvents: input.byEvents ?? before?.byEvents ?? false,
    base64: input.base64 ?? before?.base64 ?? false,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
}

/** Whether this event is sent. An invalid URL is stored, and silently never called. */
export function wantsEvent(row: WebhookRow | null, event: string): row is WebhookRow {
  return row?.enabled === true && row.events.includes(event) && /^https?:\/\//.test(row.url)
}
