import { DEFAULT_SERVER } from '../server/server-names.ts'
import { FLEET_SUBJECT, type Rule, type Severity, serverSubject } from './alert.ts'
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
  /** The rules whose alert explains this one where no outage does, the first that is open: about the same subject, or about all numbers. */
  explainedBy?: readonly Rule[]
  /** No notice reports its end. */
  endsQuietly?: true
}

/** Names of numbers that an alert stores at most. */
const NAMES_MAX = 10

/** Rules whose alert explains findings about the numbers of its server. */
export const OUTAGES = ['evolution_unlicensed', 'evolution_unreachable'] as const satisfies readonly Rule[]

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** All rules: what they find in a reading, how urgent it is, and what explains it. */
export const RULE_TABLE: Readonly<Record<Rule, RuleEntry>> = {
  evolution_unreachable: {
    severity: 'critical',
    find: (reading) =>
      reading.servers.flatMap(({ name, problem }) =>
        problem === null || problem === 'unlicensed'
          ? []
          : [outage('evolution_unreachable', name, { problem, ...namesServer(reading, name) })],
      ),
  },
  evolution_unlicensed: {
    severity: 'critical',
    find: (reading) =>
      reading.servers.flatMap(({ name, problem }) =>
        problem === 'unlicensed' ? [outage('evolution_unlicensed', name, namesServer(reading, name))] : [],
      ),
  },
  all_numbers_down: { severity: 'critical', find: allNumbersDown },
  no_polling: { severity: 'critical', find: noPolling },
  ban_wave: { severity: 'critical', find: banWave },
  number_banned: { severity: 'critical', find: ({ troubled }) => troubled.flatMap(numberBanned) },
  number_down: {
    severity: 'warning',
    explainedBy: ['all_numbers_down'],
    find: ({ troubled }) => troubled.flatMap(numberDown),
  },
  number_failing: {
    severity: 'warning',
    explainedBy: ['number_banned', 'number_down'],
    find: ({ troubled }) => troubled.flatMap(numberFailing),
  },
  number_restricted: { severity: 'warning', find: ({ troubled }) => troubled.flatMap(numberRestricted) },
  wrong_phone: { severity: 'warning', find: ({ troubled }) => troubled.flatMap(wrongPhone) },
  sends_failing: {
    severity: 'warning',
    explainedBy: ['number_banned', 'number_down', 'number_failing', 'number_restricted'],
    find: ({ failedSends }) =>
      failedSends
        .filter(({ failed }) => failed >= LIMITS.failedSends)
        .map(({ name, server, failed, since }) => ({
          ...about('sends_failing', name, since, 0, { since: iso(since), failed }),
          servers: [server],
        })),
  },
  no_events: { severity: 'warning', find: noEvents },
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
  return { rule, subject, since, afterMs, servers: [], opens: true, facts }
}

function outage(rule: (typeof OUTAGES)[number], server: string, facts: Finding['facts']): Finding {
  return about(rule, serverSubject(server), null, LIMITS.evolutionMs, facts)
}

/** The fact by which texts name the server. Where the default one is the only one they name none. */
function namesServer({ servers }: FleetReading, server: string): { server?: string } {
  return server === DEFAULT_SERVER && servers.length <= 1 ? {} : { server }
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
  const servers = [...new Set(inService.map(({ server }) => server))]
  return [{ ...about('all_numbers_down', FLEET_SUBJECT, since, LIMITS.allDownMs, facts), servers }]
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

/** One finding for each server: its events do not come from another one. */
function noEvents(reading: FleetReading): Finding[] {
  const lasting = reading.blind.filter(({ since }) => hasLasted(since, LIMITS.blindMs, reading.at))
  return [...new Set(lasting.map(({ server }) => server))].map((server) => {
    const blind = lasting.filter((one) => one.server === server)
    const first = new Date(Math.min(...blind.map(({ since }) => since.getTime())))
    const names = blind.map(({ name }) => name).slice(0, NAMES_MAX)
    const facts = { since: iso(first), numbers: blind.length, names, ...namesServer(reading, server) }
    return { ...about('no_events', serverSubject(server), first, 0, facts), servers: [server] }
  })
}
