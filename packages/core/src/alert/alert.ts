import { z } from 'zod'
import { instant } from '../ground/text.ts'
import { DEFAULT_SERVER } from '../server/server-names.ts'

/** From the least urgent to the most urgent. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const

export type Severity = (typeof SEVERITIES)[number]

/** The rules, the most urgent first. */
export const RULES = [
  'evolution_unreachable',
  'evolution_unlicensed',
  'all_numbers_down',
  'no_polling',
  'ban_wave',
  'number_banned',
  'number_down',
  'number_failing',
  'number_restricted',
  'wrong_phone',
  'sends_failing',
  'no_events',
  'messages_waiting',
  'day_nearly_full',
  'webhook_failing',
  'route_failing',
] as const

export type Rule = (typeof RULES)[number]

/** The subject of rules about all numbers. */
export const FLEET_SUBJECT = 'fleet'
/** The subject of rules about the default Evolution server. */
const EVOLUTION_SUBJECT = 'evolution'

/** The subject of rules about an Evolution server. Only adopted instances may have a ":" in their names, and rules about instances are others. */
export const serverSubject = (server: string): string =>
  server === DEFAULT_SERVER ? EVOLUTION_SUBJECT : `server:${server}`

/** What the texts of an alert need. Instants are ISO 8601 in UTC. No phone, and nothing of a person. */
export type AlertFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** Alerts that a list returns at most. */
const LIST_MAX = 200

/** `alert.list` */
export const alertListInput = z
  .strictObject({
    open: z.boolean().optional().describe('true: only open alerts; false: only closed ones. Absent: both.'),
    limit: z.int().min(1).max(LIST_MAX).default(50).describe(`1 to ${LIST_MAX}; default 50.`),
  })
  .prefault({})

/** An alert as callers see it. */
export const alertSchema = z.object({
  id: z.string().describe('Id of the alert.'),
  rule: z.enum(RULES).describe('The rule that opened it.'),
  severity: z.enum(SEVERITIES).describe('How urgent it is.'),
  subject: z
    .string()
    .describe(
      'What it is about: the name of an instance, of a webhook endpoint or of a route; fleet; evolution, which is the default Evolution server; or server: and the name of another one.',
    ),
  openedAt: instant.describe('ISO 8601 in UTC.'),
  closedAt: instant.nullable().describe('ISO 8601 in UTC; null: it is open.'),
  cause: z
    .string()
    .nullable()
    .describe('Id of the alert that explains this one, which is then not reported; null: none.'),
  notified: z.array(z.string()).describe('Names of the routes that were notified when it opened.'),
  text: z
    .object({
      en: z.string().describe('In English.'),
      'pt-BR': z.string().describe('In Portuguese.'),
    })
    .describe(
      'For people, several lines: what happened; since when; what it means for customers; what to do; where to look. Of a closed alert how it ended, and how long it lasted.',
    ),
})

export type Alert = z.infer<typeof alertSchema>
