import { type AlertFacts, FLEET_SUBJECT, type Rule, type Severity, serverSubject } from './alert.ts'
import { ALERT_THRESHOLDS as LIMITS } from './alert-thresholds.ts'
import { type Finding, hasLasted, keyOf } from './finding.ts'
import { OUTAGES, RULE_TABLE } from './rules.ts'

/** An alert that is open, as it is stored. */
export type OpenAlert = {
  id: string
  rule: Rule
  severity: Severity
  subject: string
  /** The id of the alert that explains it. */
  cause: string | null
  facts: AlertFacts
  openedAt: Date
  /** Since when its subject reads well; null: it does not. */
  seenOkAt: Date | null
  /**
   * How its subject is, and how the alert ends where that is no recovery. `removed`: there is no such number, endpoint or route any more.
   * `unrecovered`: nothing of what the rule is about is left, or no success is known since.
   */
  subjectState: 'present' | 'paused' | 'banned' | 'removed' | 'unrecovered'
}

/** A finding that does not hold for long enough yet, and was first made at `since`. */
export type Pending = { rule: Rule; subject: string; since: Date }

/** What an evaluation changes. */
export type AlertChanges = {
  opens: Pick<OpenAlert, 'id' | 'rule' | 'severity' | 'subject' | 'cause' | 'facts'>[]
  /** Open alerts whose cause, facts or `seenOkAt` changed. */
  updates: Pick<OpenAlert, 'id' | 'cause' | 'facts' | 'seenOkAt'>[]
  closes: { id: string; facts: AlertFacts; closedAt: Date }[]
  /** Those of `opens` and `updates` that are reported now, and those of `closes` whose end is reported. */
  reportOpened: { id: string; rule: Rule; severity: Severity }[]
  reportClosed: { id: string; severity: Severity }[]
  pending: Pending[]
}

/**
 * What opens, closes, and is reported, by the findings of one moment and what is stored. A function of these alone, so any process continues
 * where another stopped.
 *
 * - An alert opens when its finding holds for long enough, and closes when its subject reads well for 5 minutes. A finding within that time
 *   continues it.
 * - An alert that an open one explains is stored with its cause and not reported. When it remains for 2 minutes after the end of the cause, it is reported.
 * - `day_nearly_full` opens once a local day.
 */
export function nextAlerts(input: {
  findings: readonly Finding[]
  open: readonly OpenAlert[]
  pending: readonly Pending[]
  now: Date
  /** The local day of the fleet, YYYY-MM-DD. */
  day: string
  newId: () => string
}): AlertChanges {
  const { now, day, newId } = input
  const findings = new Map(input.findings.map((one) => [keyOf(one), one]))
  const stored = new Map(input.open.map((one) => [keyOf(one), one]))
  const waited = new Map(input.pending.map((one) => [keyOf(one), one.since]))
  const changes: AlertChanges = {
    opens: [],
    updates: [],
    closes: [],
    reportOpened: [],
    reportClosed: [],
    pending: [],
  }

  const remaining: OpenAlert[] = []
  for (const alert of input.open) {
    const finding = findings.get(keyOf(alert))
    if (isOver(alert, finding)) close(alert)
    else remaining.push(withFinding(alert, finding, now))
  }
  const opening = [...findings.values()].filter((finding) => !stored.has(keyOf(finding)) && isDue(finding))
  const ids = new Map(opening.map((finding) => [keyOf(finding), newId()]))
  const explaining = new Map([
    ...remaining.filter(explains).map((one) => [keyOf(one), one.id] as const),
    ...ids,
  ])
  const explainingIds = new Set(explaining.values())

  for (const finding of opening) {
    const { rule, subject, facts } = finding
    const { severity } = RULE_TABLE[rule]
    const id = ids.get(keyOf(finding)) as string
    const cause = causeOf(finding)
    changes.opens.push({ id, rule, severity, subject, cause, facts })
    if (cause === null) changes.reportOpened.push({ id, rule, severity })
  }
  for (const alert of remaining) {
    const next = { ...alert, cause: nextCause(alert) }
    if (alert.cause !== null && next.cause === null) changes.reportOpened.push(next)
    const before = stored.get(keyOf(alert)) as OpenAlert
    if (!isSame(before, next)) {
      const { id, cause, facts, seenOkAt } = next
      changes.updates.push({ id, cause, facts, seenOkAt })
    }
  }
  return changes

  /** Notes the finding as pending where it has no moment of its own. */
  function isDue(finding: Finding): boolean {
    if (!finding.opens) return false
    const { rule, subject, afterMs } = finding
    if (finding.since !== null) return hasLasted(finding.since, afterMs, now)
    const since = earlier(waited.get(keyOf(finding)) ?? now, now)
    if (now.getTime() - since.getTime() >= afterMs) return true
    changes.pending.push({ rule, subject, since })
    return false
  }

  function isOver(alert: OpenAlert, finding: Finding | undefined): boolean {
    if (alert.rule === 'day_nearly_full') return day > String(alert.facts.day)
    if (alert.subjectState === 'removed') return true
    const { seenOkAt } = alert
    return finding === undefined && seenOkAt !== null && now.getTime() - seenOkAt.getTime() >= LIMITS.closeMs
  }

  function close(alert: OpenAlert): void {
    const { id, rule, severity, cause, facts, subjectState: end, openedAt } = alert
    const closedAt = new Date(Math.max(now.getTime(), openedAt.getTime()))
    changes.closes.push({ id, facts: end === 'present' ? facts : { ...facts, end }, closedAt })
    if (cause === null && !RULE_TABLE[rule].endsQuietly) changes.reportClosed.push({ id, severity })
  }

  /** The alert that explains a finding, which opens now or is open: an outage, or one about the same subject or all numbers. */
  function causeOf({ rule, subject, servers }: Finding): string | null {
    const outage = outageOf(servers)
    if (outage !== null) return outage
    for (const other of RULE_TABLE[rule].explainedBy ?? []) {
      const id = explaining.get(keyOf({ rule: other, subject: OF_ALL.get(other) ?? subject }))
      if (id !== undefined) return id
    }
    return null
  }

  /** The alert of the first of these servers, where all of them have one. */
  function outageOf(servers: readonly string[]): string | null {
    const ids = servers.map((server) => {
      const keys = OUTAGES.map((rule) => keyOf({ rule, subject: serverSubject(server) }))
      return explaining.get(keys.find((key) => explaining.has(key)) ?? '')
    })
    const [first] = ids
    return first !== undefined && !ids.includes(undefined) ? first : null
  }

  function nextCause(alert: OpenAlert): string | null {
    const { cause, seenOkAt } = alert
    if (cause === null || seenOkAt !== null || explainingIds.has(cause)) return cause
    const finding = findings.get(keyOf(alert))
    return finding === undefined ? null : causeOf(finding)
  }

  /** Whether it holds, or ended so lately that what it explained may follow. */
  function explains({ seenOkAt }: OpenAlert): boolean {
    return seenOkAt === null || now.getTime() - seenOkAt.getTime() < LIMITS.explainedMs
  }
}

/** The subjects of rules whose alert explains those about any number. */
const OF_ALL: ReadonlyMap<Rule, string> = new Map<Rule, string>([['all_numbers_down', FLEET_SUBJECT]])

/** The alert after this evaluation. Its facts follow the finding, and keep the moment of its begin. */
function withFinding(alert: OpenAlert, finding: Finding | undefined, now: Date): OpenAlert {
  if (finding === undefined) {
    // A moment in the future is of a clock that was set back since.
    const seenOkAt = earlier(alert.seenOkAt ?? now, now)
    return { ...alert, seenOkAt }
  }
  // What is reported once a day stays as it was reported.
  if (alert.rule === 'day_nearly_full') return { ...alert, seenOkAt: null }
  const { since = null } = alert.facts
  const facts = finding.opens ? { ...finding.facts, ...(since !== null && { since }) } : alert.facts
  return { ...alert, facts, seenOkAt: null }
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other)

function isSame(one: OpenAlert, other: OpenAlert): boolean {
  return (
    one.cause === other.cause &&
    one.seenOkAt?.getTime() === other.seenOkAt?.getTime() &&
    isSameFacts(one.facts, other.facts)
  )
}

/** The database orders the keys of stored facts. */
function isSameFacts(one: AlertFacts, other: AlertFacts): boolean {
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]))
  )
}
