import { DEFAULT_SERVER } from '../server/server-names.ts'
import type { AlertFacts, Rule, Severity } from './alert.ts'

/** Languages of the texts of alerts. */
export const TEXT_LANGUAGES = ['en', 'pt-BR'] as const

export type TextLanguage = (typeof TEXT_LANGUAGES)[number]

/** What the text of an alert is made of. */
export type TextAlert = {
  rule: Rule
  severity: Severity
  subject: string
  facts: AlertFacts
  openedAt: Date
  closedAt: Date | null
  /** Since when its subject reads well; null: it does not. */
  seenOkAt: Date | null
}

/** The words of a rule. */
export type RuleWords = {
  /** What happened, in one line. */
  opened(alert: TextAlert): string
  /** How it ended, in one line. */
  closed(alert: TextAlert): string
  /** The same where its subject did not recover. */
  unrecovered?(alert: TextAlert): string
  /** The same of `n` alerts of the rule, n ≥ 2. */
  openedMany(n: number): string
  closedMany(n: number): string
  /** What it means for customers. */
  means: string | ((alert: TextAlert) => string)
  /** What a person does. */
  todo(alert: TextAlert): string
}

/** The words of a language. */
export type AlertWords = {
  rules: Readonly<Record<Rule, RuleWords>>
  severity: Readonly<Record<Severity, string>>
  since: string
  lasted: string
  means: string
  todo: string
  page: string
  /** A number, endpoint or route that was deleted while it had an alert, and a number that was paused or banned. */
  removed(alert: TextAlert): string
  paused(name: string): string
  banned(name: string): string
  /** The end of a list that is cut. */
  more(n: number): string
  /** Titles of notices with alerts of several rules. */
  openedTitle(n: number): string
  closedTitle(n: number): string
  digestTitle(n: number): string
  open: string
  over: string
  /** Of an open alert whose subject reads well since `at`: in a summary, and as a sentence about the end of the alert. */
  wellSince(at: string): string
  endsSoon(at: string): string
}

/** A fact as a text; empty: none. */
export function fact(alert: TextAlert, name: string): string {
  const value = alert.facts[name]
  return value === null || value === undefined ? '' : String(value)
}

/** What an alert is about, by the name that people know. */
export function subjectOf(alert: TextAlert): string {
  return fact(alert, 'server') || alert.subject
}

/** Whether it is about an Evolution server that was added in zapfleet, not the one of EVOLUTION_API_URL. */
export function isOfAddedServer(alert: TextAlert): boolean {
  return ![DEFAULT_SERVER, ''].includes(fact(alert, 'server'))
}

/** The share of the day's capacity that was used, in percent. */
export function dayPercent({ facts }: TextAlert): number {
  const capacity = Number(facts.capacity)
  return capacity > 0 ? Math.round((Number(facts.sent) / capacity) * 100) : 0
}
