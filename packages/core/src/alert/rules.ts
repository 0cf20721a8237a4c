import { EVOLUTION_SUBJECT, FLEET_SUBJECT, type Rule, type Severity } from './alert.ts'
import { isDayNearlyFull, ALERT_THRESHOLDS as LIMITS } from './alert-thresholds.ts'
import { type Finding, hasLasted } from './finding.ts'
import type { FleetReading } from './fleet-reading.ts'
import {
  isInService,
  numberBanned,
  numberDown,
  numberFailing,
  numberRestricted,
  wrongPhone,
} from './number-rules.ts'

type RuleEntry = {
  severity: Severity
  find(reading: FleetReading): Finding[]
  /** The rules whose alert explains this one, the first that is open: about the same subject, or about everything. */
  explainedBy?: readonly Rule[]
  /** No notice reports its end. */
  endsQuietly?: true
}

/** Names of numbers that an alert stores at most. */
const NAMES_MAX = 10

const OUTAGES = ['evolution_unlicensed', 'evolution_unreachable'] as const satisfies readonly Rule[]

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** All rules: what they find in a reading, how urgent it is, and what explains it. */
export const RULE_TABLE: Readonly<Record<Rule, RuleEntry>> = {
  evolution_unreachable: {
    severity: 'critical',
    find: ({ evolutionProblem: problem }) =>
      problem === null || problem === 'unlicensed'
        ? []
        : [about('evolution_unreachable', EVOLUTION_SUBJECT, null, LIMITS.evolutionMs, { problem })],
  },
  evolution_unlicensed: {
    severity: 'critical',
    find: ({ evolutionProblem }) =>
      evolutionProblem === 'unlicensed'
        ? [about('evolution_unlicensed', EVOLUTION_SUBJECT, null, LIMITS.evolutionMs, {})]
        : [],
  },
  all_numbers_down: { severity: 'critical', explainedBy: OUTAGES, find: allNumbersDown },
  no_polling: { severity: 'critical', find: noPolling },
  ban_wave: { severity: 'critical', find: banWave },
  number_banned: { severity: 'critical', find: ({ troubled }) => troubled.flatMap(numberBanned) },
  number_down: {
    severity: 'warning',
    explainedBy: [...OUTAGES, 'all_numbers_down'],
    find: ({ troubled }) => troubled.flatMap(numberDown),
  },
  number_failing: {
    severity: 'warning',
    explainedBy: [...OUTAGES, 'number_banned', 'number_down'],
    find: ({ troubled }) => troubled.flatMap(numberFailing),
  },
  number_restricted: { severity: 'warning', find: ({ troubled }) => troubled.flatMap(numberRestricted) },
  wrong_phone: { severity: 'warning', find: ({ troubled }) => troubled.flatMap(wrongPhone) },
  sends_failing: {
    severity: 'warning',
    explainedBy: [...OUTAGES, 'number_banned', 'number_down', 'number_failing', 'number_restricted'],
    find: ({ failedSends }) =>
      failedSends
        .filter(({ failed }) => failed >= LIMITS.failedSends)
        .map(({ name, failed, since }) =>
          about('sends_failing', name, since, 0, { since: iso(since), failed }),
        ),
  },
  no_events: { severity: 'warning', explainedBy: OUTAGES, find: noEvents },
  messages_waiting: {
    severity: 'warning',
    find: ({ messages: { waiting, oldestAt, senders } }) =>
      oldestAt === null || senders > 0
        ? []
        : [
            about('messages_waiting', FLEET_SUBJECT, oldestAt, LIMITS.messagesWaitMs, {
              since: iso(oldestAt),
              waiting,
            }),
          ],
  },
  day_nearly_full: {
    severity: 'warning',
    endsQuietly: true,
    find: ({ day, connected: { dailyCapacity: capacity, sentToday: sent } }) =>
      isDayNearlyFull({ capacity, used: sent })
        ? [about('day_nearly_full', FLEET_SUBJECT, null, 0, { day, sent, capacity })]
        : [],
  },
  webhook_failing: {
    severity: 'info',
    find: ({ endpoints }) => endpoints.map(({ name, since }) => receiver('webhook_failing', name, since)),
  },
  route_failing: {
    severity: 'info',
    find: ({ routes }) => routes.map(({ name, since }) => receiver('route_failing', name, since)),
  },
}

/** What all rules find. */
export function findingsOf(reading: FleetReading): Finding[] {
  return Object.values(RULE_TABLE).flatMap(({ find }) => find(reading))
}

function about(
  rule: Rule,
  subject: string,
  since: Date | null,
  afterMs: number,
  facts: Finding['facts'],
): Finding {
  return { rule, subject, since, afterMs, opens: true, facts }
}

/** A receiver without a moment, such as one whose notices were all given up, keeps its alert and opens none. */
function receiver(rule: Rule, name: string, since: Date | null): Finding {
  return {
    ...about(rule, name, since, LIMITS.receiverMs, { since: iso(since) }),
    opens: since !== null,
  }
}

function allNumbersDown({ connected, troubled }: FleetReading): Finding[] {
  const inService = troubled.filter(isInService)
  if (connected.numbers > 0 || inService.length === 0) return []
  const last = Math.max(...inService.map(({ since }) => since?.getTime() ?? 0))
  const since = last > 0 ? new Date(last) : null
  const facts = { since: iso(since), numbers: inService.length }
  return [about('all_numbers_down', FLEET_SUBJECT, since, LIMITS.allDownMs, facts)]
}

/** The evaluations or the health rounds stopped for some time. A scheduler that died cannot report it: the next one does. */
function noPolling({ at, evaluatedAt, polling }: FleetReading): Finding[] {
  const gapMs = evaluatedAt === null ? 0 : at.getTime() - evaluatedAt.getTime()
  if (evaluatedAt !== null && gapMs > LIMITS.pollingMs)
    return [about('no_polling', FLEET_SUBJECT, evaluatedAt, 0, { since: iso(evaluatedAt), until: iso(at) })]
  const mostMs = Math.max(LIMITS.pollingMs, LIMITS.pollingRounds * (polling?.periodMs ?? 0))
  if (polling === null || polling.ageMs <= mostMs) return []
  const since = new Date(at.getTime() - polling.ageMs)
  // A scheduler that takes over evaluates before its first round begins.
  const facts = { since: iso(since), until: null }
  return [about('no_polling', FLEET_SUBJECT, null, LIMITS.firstRoundMs, facts)]
}

function banWave({ at, troubled }: FleetReading): Finding[] {
  const lately = troubled.filter(
    ({ status, since }) =>
      status === 'banned' && since !== null && at.getTime() - since.getTime() < LIMITS.waveMs,
  )
  if (lately.length < LIMITS.waveBans) return []
  const names = lately.map(({ name }) => name).slice(0, NAMES_MAX)
  return [about('ban_wave', FLEET_SUBJECT, null, 0, { numbers: lately.length, names })]
}

function noEvents({ at, blind }: FleetReading): Finding[] {
  const lasting = blind.filter(({ since }) => hasLasted(since, LIMITS.blindMs, at))
  if (lasting.length === 0) return []
  const first = new Date(Math.min(...lasting.map(({ since }) => since.getTime())))
  const names = lasting.map(({ name }) => name).slice(0, NAMES_MAX)
  return [
    about('no_events', EVOLUTION_SUBJECT, first, 0, { since: iso(first), numbers: lasting.length, names }),
  ]
}
