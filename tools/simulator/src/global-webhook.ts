import { dashed } from './webhook-event.ts'

/** The webhook of the whole server, set by Evolution's environment: WEBHOOK_GLOBAL_URL and WEBHOOK_EVENTS_<NAME>. */
export type GlobalWebhook = {
  /** It may hold a secret path or query. */
  url: string
  /** The events that are switched on, as `SEND_MESSAGE`. */
  events: readonly string[]
  /** Appends the event to the text of the URL, also after a query; default: false. */
  byEvents?: boolean
}

const NEVER_SENT = ['STATUS_INSTANCE', 'LOGOUT_INSTANCE', 'REMOVE_INSTANCE', 'GROUPS_UPDATE']

/** Whether an event is sent globally. Some are never, whatever the environment sets. */
export const wantsGlobally = (webhook: GlobalWebhook, event: string): boolean =>
  webhook.events.includes(event) && !NEVER_SENT.includes(event)

/** The address that is called. */
export const globalUrl = ({ url, byEvents }: GlobalWebhook, event: string): string =>
  byEvents === true ? `${url}/${dashed(event)}` : url

/** `destination` in the body: the instance's own address when it has one, else the global one with the event appended. */
export const globalDestination = (own: string | undefined, { url }: GlobalWebhook, event: string): string =>
  own || `${url}/${dashed(event)}`
