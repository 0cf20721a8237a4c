import { z } from 'zod'
import type { WebhookEndpoint as EndpointRow } from '../ground/generated/client.ts'
import { instant, text } from '../ground/text.ts'
import { webhookUrlProblem } from './webhook-address.ts'
import { webhookSecretProblem } from './webhook-secret.ts'

/** What an endpoint may receive: changes of messages, outcomes of reservations, changes of instances. */
export const ENDPOINT_EVENTS = ['message', 'outcome', 'instance'] as const

export type EndpointEvent = (typeof ENDPOINT_EVENTS)[number]

/** Endpoints of a fleet. */
export const ENDPOINTS_MAX = 20
const NAME_PATTERN = '^[A-Za-z0-9_-]{1,50}$'

const kind = z.enum(ENDPOINT_EVENTS)

/** The name of an endpoint that exists or does not. */
export const endpointName = text(50)

/** `webhookEndpoint.create` */
export const newEndpointInput = z.strictObject({
  name: z
    .string()
    .regex(new RegExp(NAME_PATTERN), { error: 'expected 1 to 50 letters (A-Z, a-z), digits, _ or -' })
    .describe('Name of the endpoint: 1 to 50 letters, digits, _ or -.'),
  url: z
    .string()
    .refine((value) => webhookUrlProblem(value) === null, {
      error: (issue) => webhookUrlProblem(String(issue.input)) ?? undefined,
    })
    .meta({ format: 'uri', maxLength: 2_000 })
    .describe('Where events are posted: http or https, without a user name. Redirects are not followed.'),
  events: z
    .array(kind)
    .min(1)
    .max(ENDPOINT_EVENTS.length)
    .refine((value) => new Set(value).size === value.length, { error: 'expected each kind once' })
    .describe('What is posted: changes of messages, outcomes of reservations, changes of instances.'),
  secret: z
    .string()
    .refine((value) => webhookSecretProblem(value) === null, {
      error: (issue) => webhookSecretProblem(String(issue.input)) ?? undefined,
    })
    .optional()
    .describe(
      'The secret of the signatures: whsec_ and base64 of 24 to 64 bytes, or a text of 16 to 200 characters. Absent: a new one, which the answer holds.',
    ),
})

export type NewEndpoint = z.infer<typeof newEndpointInput>

/** An endpoint as callers see it. Its secret is in the answer of its create alone. */
export const endpointSchema = z.object({
  name: z.string().describe('Name of the endpoint.'),
  url: z.string().describe('Where events are posted.'),
  events: z.array(kind).describe('What is posted.'),
  createdAt: instant.describe('ISO 8601 in UTC.'),
  lastDelivery: z
    .object({
      at: instant.describe('ISO 8601 in UTC.'),
      ok: z.boolean().describe('Whether the receiver answered 2xx.'),
      error: z.string().nullable().describe('Why it failed; null: it did not.'),
    })
    .nullable()
    .describe('The last attempt; null: none yet.'),
})

export type WebhookEndpoint = z.infer<typeof endpointSchema>

/** What the public shape of an endpoint is made of. */
export type EndpointFacts = Pick<
  EndpointRow,
  | 'name'
  | 'url'
  | 'events'
  | 'createdAt'
  | 'lastDeliveryAt'
  | 'lastDeliveryOk'
  | 'lastDeliveryError'
  | 'skipped'
  | 'disabledAt'
>

export const ENDPOINT_FACTS = {
  name: true,
  url: true,
  events: true,
  createdAt: true,
  lastDeliveryAt: true,
  lastDeliveryOk: true,
  lastDeliveryError: true,
  skipped: true,
  disabledAt: true,
} as const satisfies Record<keyof EndpointFacts, true>

/** The endpoint that a row stores. */
export function toEndpoint(row: EndpointFacts): WebhookEndpoint {
  return {
    name: row.name,
    url: row.url,
    events: ENDPOINT_EVENTS.filter((one) => row.events.includes(one)),
    createdAt: row.createdAt.toISOString(),
    lastDelivery:
      row.lastDeliveryAt === null
        ? null
        : {
            at: row.lastDeliveryAt.toISOString(),
            ok: row.lastDeliveryOk === true,
            error: errorOf(row),
          },
  }
}

function errorOf({ lastDeliveryError, skipped, disabledAt }: EndpointFacts): string | null {
  const parts = [
    ...(lastDeliveryError === null ? [] : [lastDeliveryError]),
    ...(skipped > 0
      ? [`${skipped} ${skipped === 1 ? 'event was' : 'events were'} skipped after 3 days of failures`]
      : []),
    ...(disabledAt === null
      ? []
      : ['the receiver answered 410, so nothing more is posted: delete the endpoint and create it again']),
  ]
  return parts.length === 0 ? null : parts.join('; ')
}

/** For what a secret is sealed. */
export const purposeOf = (name: string): string => `webhook_endpoint:${name}`
