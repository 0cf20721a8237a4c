import { z } from 'zod'
import { webhookUrlProblem } from '../endpoint/webhook-address.ts'
import { webhookSecretProblem } from '../endpoint/webhook-secret.ts'
import type { AlertRoute as RouteRow } from '../ground/generated/client.ts'
import { smtpUrlProblem } from '../ground/smtp-address.ts'
import { instant, text } from '../ground/text.ts'
import { type Alert, SEVERITIES } from './alert.ts'
import { TEXT_LANGUAGES, type TextLanguage } from './text-alert.ts'

export const ROUTE_KINDS = ['slack', 'telegram', 'webhook', 'email'] as const

export type RouteKind = (typeof ROUTE_KINDS)[number]

/** Routes of a fleet. */
export const ROUTES_MAX = 20
const RECIPIENTS_MAX = 20

/** A text that a function finds a problem in, or not. */
const checked = (problemOf: (value: string) => string | null) =>
  z.string().refine((value) => problemOf(value) === null, {
    error: (issue) => problemOf(String(issue.input)) ?? undefined,
  })

const newName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,50}$/, { error: 'expected 1 to 50 letters (A-Z, a-z), digits, _ or -' })
  .describe('Name of the route: 1 to 50 letters, digits, _ or -.')
const webhookUrl = checked(webhookUrlProblem)
  .meta({ format: 'uri', maxLength: 2_000 })
  .describe('The URL of an incoming webhook, as Slack shows it. It is secret.')
const botToken = z
  .string()
  .regex(/^[A-Za-z0-9:_-]{1,200}$/, {
    error: 'expected a token as BotFather shows it: digits, ":", 35 characters',
  })
  .describe('The token of the bot, as BotFather shows it. It is secret.')
const chatId = z
  .union([
    z.string().regex(/^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})$/, {
      error: 'expected the id of a chat, such as -1001234567890, or @name of a public channel',
    }),
    z.int(),
  ])
  .transform(String)
  .describe('Id of the chat, such as -1001234567890, or @name of a public channel.')
const url = checked(webhookUrlProblem)
  .meta({ format: 'uri', maxLength: 2_000 })
  .describe(
    'Where alerts are posted: http or https, without a user name. Redirects are not followed. It is secret.',
  )
const secret = checked(webhookSecretProblem).describe(
  'The secret of the signatures: whsec_ and base64 of 24 to 64 bytes, or a text of 16 to 200 characters.',
)
const to = z
  .array(
    z
      .string()
      .max(254)
      .regex(/^[^\s@,;:<>"()[\]\\]+@[^\s@,;:<>"()[\]\\]+$/, {
        error: 'expected an e-mail address such as ops@example.com, without a name',
      }),
  )
  .min(1)
  .max(RECIPIENTS_MAX)
  .describe('E-mail addresses.')
const smtpUrl = checked(smtpUrlProblem)
  .meta({ maxLength: 2_000 })
  .describe('The mail server, as smtps://user:password@smtp.example.com:465. It is secret.')

const time = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, { error: 'expected a time of day, HH:MM, from 00:00 to 23:59' })

export const quietHoursSchema = z
  .strictObject({
    from: time.describe('From this time of day on, HH:MM, in the time zone of the fleet.'),
    to: time.describe('To below this time of day, HH:MM; earlier than `from`: over midnight.'),
  })
  .refine(({ from, to: end }) => from !== end, {
    error: 'expected two different times; to receive critical alerts only, set minSeverity',
    path: ['to'],
  })

export type QuietHours = z.infer<typeof quietHoursSchema>

const minSeverity = z.enum(SEVERITIES).describe('The least urgent alerts that are sent.')
const quietHours = quietHoursSchema
  .nullable()
  .describe('When only critical alerts are sent; the others follow in one message afterwards. null: never.')
const language = z.enum(TEXT_LANGUAGES).describe('Language of the texts.')

const common = {
  name: newName,
  minSeverity: minSeverity.default('warning'),
  quietHours: quietHours.default(null),
  language: language.default('en'),
}

/** `alertRoute.create` */
export const newRouteInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slack').describe('Slack, by an incoming webhook.'),
    webhookUrl,
    ...common,
  }),
  z.strictObject({
    kind: z.literal('telegram').describe('Telegram, by a bot.'),
    botToken,
    chatId,
    ...common,
  }),
  z.strictObject({
    kind: z.literal('webhook').describe('An address, by the Standard Webhooks scheme.'),
    url,
    secret: secret.optional().describe('Absent: a new one, which the answer holds.'),
    ...common,
  }),
  z.strictObject({
    kind: z.literal('email').describe('E-mail, by SMTP.'),
    to,
    smtpUrl: smtpUrl.optional().describe('Absent: the server of SMTP_URL.'),
    ...common,
  }),
])

export type NewRoute = z.infer<typeof newRouteInput>

/** The name of a route that exists or does not. */
export const routeName = text(50)

/** `alertRoute.update`: fields that are absent stay as they are. */
export const routeUpdateInput = z.strictObject({
  name: routeName.describe('Name of the route.'),
  kind: z.enum(ROUTE_KINDS).optional().describe('The kind that the route has; it does not change.'),
  webhookUrl: webhookUrl.optional(),
  botToken: botToken.optional(),
  chatId: chatId.optional(),
  url: url.optional(),
  secret: secret.optional(),
  to: to.optional(),
  smtpUrl: smtpUrl.nullable().optional().describe('null: the server of SMTP_URL.'),
  minSeverity: minSeverity.optional(),
  quietHours: quietHours.optional(),
  language: language.optional(),
})

export type RouteUpdate = z.infer<typeof routeUpdateInput>

/** The fields of each kind's address in an update. */
export const ADDRESS_FIELDS = {
  slack: ['webhookUrl'],
  telegram: ['botToken', 'chatId'],
  webhook: ['url', 'secret'],
  email: ['to', 'smtpUrl'],
} as const satisfies Record<RouteKind, readonly (keyof RouteUpdate)[]>

/** The part of an address that may be shown. */
const addressSchema = z.object({
  host: z
    .string()
    .nullable()
    .describe('Host of the URL, or of the mail server; null: none, or the server of SMTP_URL.'),
  chatId: z.string().nullable().describe('The chat of a telegram route.'),
  to: z.array(z.string()).nullable().describe('The recipients of an email route.'),
})

export type RouteAddress = z.infer<typeof addressSchema>

/** A route as callers see it, without its secrets. */
export const routeSchema = z.object({
  name: z.string().describe('Name of the route.'),
  kind: z.enum(ROUTE_KINDS).describe('What receives the alerts.'),
  address: addressSchema.describe('The part of the address that is no secret.'),
  minSeverity,
  quietHours,
  language,
  createdAt: instant.describe('ISO 8601 in UTC.'),
  lastDelivery: z
    .object({
      at: instant.describe('ISO 8601 in UTC.'),
      ok: z.boolean().describe('Whether the receiver accepted it.'),
      error: z.string().nullable().describe('Why it failed, or what is wrong all the same; null: nothing.'),
    })
    .nullable()
    .describe('The last attempt; null: none yet.'),
})

export type AlertRoute = z.infer<typeof routeSchema>

/** The columns of a route that may be shown. */
export const ROUTE_FACTS = {
  name: true,
  kind: true,
  address: true,
  minSeverity: true,
  quietFrom: true,
  quietTo: true,
  language: true,
  createdAt: true,
  lastDeliveryAt: true,
  lastDeliveryOk: true,
  lastDeliveryError: true,
} as const satisfies Partial<Record<keyof RouteRow, true>>

export type RouteFacts = Pick<RouteRow, keyof typeof ROUTE_FACTS>

/** The route that a row stores. */
export function toRoute(row: RouteFacts): AlertRoute {
  const stored = row.address as Partial<RouteAddress>
  return {
    name: row.name,
    kind: kindOf(row.kind),
    address: { host: stored.host ?? null, chatId: stored.chatId ?? null, to: stored.to ?? null },
    minSeverity: severityOf(row.minSeverity),
    quietHours: quietHoursOf(row.quietFrom, row.quietTo),
    language: languageOf(row.language),
    createdAt: row.createdAt.toISOString(),
    lastDelivery:
      row.lastDeliveryAt === null
        ? null
        : {
            at: row.lastDeliveryAt.toISOString(),
            ok: row.lastDeliveryOk === true,
            error: row.lastDeliveryError,
          },
  }
}

export const kindOf = (stored: string): RouteKind => ROUTE_KINDS.find((kind) => kind === stored) ?? 'webhook'

export const severityOf = (stored: string): Alert['severity'] =>
  SEVERITIES.find((one) => one === stored) ?? 'warning'

export const languageOf = (stored: string): TextLanguage =>
  TEXT_LANGUAGES.find((one) => one === stored) ?? 'en'

export function quietHoursOf(from: string | null, end: string | null): QuietHours | null {
  return from === null || end === null ? null : { from, to: end }
}

/** For what the secrets of a route are sealed. */
export const sealPurpose = (name: string): string => `alert_route:${name}`
