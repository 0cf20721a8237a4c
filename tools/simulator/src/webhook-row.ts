import { newRowId } from './instance.ts'

/** The one webhook an instance may have, as stored. */
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

/** What webhook/set and create may say about a webhook; what is left out keeps its old value. */
export type WebhookWish = {
  enabled?: boolean
  url?: string
  events?: string[]
  headers?: Record<string, string> | null
  byEvents?: boolean
  base64?: boolean
}

/** Every event Evolution lets one subscribe to, in the order of its own list. */
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

/** The row after a wish: no events means all of them, and a disabled webhook forgets its events. */
export function nextWebhookRow(before: WebhookRow | null, wish: WebhookWish, at: Date): WebhookRow {
  const enabled = wish.enabled ?? true
  const events = wish.events ?? []
  const now = at.toISOString()
  return {
    id: before?.id ?? newRowId(),
    url: wish.url ?? before?.url ?? '',
    headers: wish.headers === undefined ? (before?.headers ?? null) : wish.headers,
    enabled,
    events: enabled ? (events.length === 0 ? [...WEBHOOK_EVENTS] : events) : [],
    byEvents: wish.byEvents ?? before?.byEvents ?? false,
    base64: wish.base64 ?? before?.base64 ?? false,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
}

/** Whether this event is sent at all. A URL that is none is stored, and silently never called. */
export function wantsEvent(row: WebhookRow | null, event: string): row is WebhookRow {
  return row?.enabled === true && row.events.includes(event) && /^https?:\/\//.test(row.url)
}
