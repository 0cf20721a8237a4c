import { readMoment } from '../ground/read-moment.ts'
import {
  answerProblem,
  type EvolutionProblem,
  isDatabaseFailure,
  keyProblem,
} from '../health/check-evolution.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import { type MessageConditions, readMessageConditions } from '../message/read-message-conditions.ts'
import { type Coverage, readCoverage } from '../outcome/read-coverage.ts'
import { pollingPulse } from '../schedule/read-runs.ts'
import type { EvolutionReading } from './evolution-conditions.ts'
import type { Fleet, FleetCall } from './fleet.ts'

/** What the fleet depends on, besides its instances. */
export type Conditions = {
  evolution: {
    /** Whether it answers at all. */
    reachable: boolean
    /** Why it cannot be used; null when it can, or when that could not be read. */
    problem: EvolutionProblem | null
    /** True for the simulator, whose phones and messages are not real. */
    simulated: boolean
    /** The version that Evolution reports; null before it was read once. */
    version: string | null
  }
  polling: {
    /** Whether a scheduler begins health rounds: the last one is not much longer ago than the one before was from it. */
    alive: boolean
    /** ISO 8601 in UTC; null before the first. */
    lastRoundAt: string | null
  }
  /** How the fleet learns what became of its messages. */
  events: Coverage
  /** Messages that zapfleet sends itself. */
  messages: MessageConditions
  /** Where the fleet's midnight is, as an IANA name. */
  timeZone: string
  /** The country of phone numbers that are written without a country code; ISO 3166. */
  defaultCountry: string
}

/** Polling that missed so many rounds is dead; a leader's death costs the usual timetable two. */
const ROUNDS_MISSED = 3
/** What a takeover by another scheduler may take, whatever the timetable. */
const TAKEOVER_MS = 60_000

const ANSWER_WITHIN_MS = 4_000
/** A key that was accepted is not tried again for this long: the try counts Evolution's tables. */
const KEY_ACCEPTED_FOR_MS = 300_000

/** Problems that the readings of a moment exclude, whether the key could be tried or not. */
const PASSING: ReadonlySet<EvolutionProblem> = new Set(['unreachable', 'unlicensed', 'database_away'])

/**
 * Reads them now; Evolution at most once per 10 s.
 *
 * @param pools with the names and the messages of these alone; the whole fleet by default
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readConditions(call: FleetCall, pools?: SeenPools): Promise<Conditions> {
  const { fleet } = call
  const [{ problem, about }, pulse, moment, events, messages] = await Promise.all([
    fleet.conditions.run((before) => readEvolution(call, before)),
    pollingPulse(fleet),
    readMoment(fleet),
    coverageOf(fleet, pools),
    readMessageConditions(fleet, pools),
  ])
  return {
    evolution: {
      reachable: problem !== 'unreachable',
      problem,
      simulated: about?.simulated ?? false,
      version: about?.version ?? null,
    },
    polling: {
      alive: pulse !== null && pulse.ageMs < Math.max(TAKEOVER_MS, ROUNDS_MISSED * pulse.periodMs),
      lastRoundAt: moment.lastRoundAt?.toISOString() ?? null,
    },
    events,
    messages,
    timeZone: fleet.timeZone,
    defaultCountry: fleet.defaultCountry,
  }
}

/** The coverage with the names of these pools alone. */
async function coverageOf(fleet: Fleet, pools: SeenPools): Promise<Coverage> {
  const coverage = await readCoverage(fleet)
  if (pools === undefined) return coverage
  const { coveredNumbers, blindNumbers } = coverage
  const seen = await namesInPools(fleet, pools, [...coveredNumbers, ...blindNumbers])
  return {
    ...coverage,
    coveredNumbers: coveredNumbers.filter((name) => seen.has(name)),
    blindNumbers: blindNumbers.filter((name) => seen.has(name)),
  }
}

async function readEvolution(call: FleetCall, before: EvolutionReading | null): Promise<EvolutionReading> {
  const { evolution } = call
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  const acceptedAtMs = before?.acceptedAtMs ?? null
  const isAccepted = acceptedAtMs !== null && performance.now() - acceptedAtMs < KEY_ACCEPTED_FOR_MS
  const [unanswered, isDatabaseAway, problem, about] = await Promise.all([
    answerProblem(evolution, within),
    failsToReadDatabase(call, within),
    isAccepted ? null : keyProblem(evolution, within).catch(() => 'unknown' as const),
    before?.about ?? evolution.version(within).catch(() => null),
  ])
  if (unanswered !== null) return { problem: unanswered, about, acceptedAtMs }
  if (isDatabaseAway) return { problem: 'database_away', about, acceptedAtMs }
  if (problem === 'unknown') {
    const last = before?.problem ?? null
    const isOver = last !== null && PASSING.has(last)
    return { problem: isOver ? null : last, about, acceptedAtMs }
  }
  if (problem !== null) return { problem, about, acceptedAtMs: null }
  return { problem: null, about, acceptedAtMs: isAccepted ? acceptedAtMs : performance.now() }
}

/** By the webhook of one instance, which Evolution reads from its database at little cost. */
async function failsToReadDatabase(call: FleetCall, within: { timeoutMs: number }): Promise<boolean> {
  const row = await call.fleet.sql.prisma.instance.findFirst({
    where: { removedAt: null, status: { in: ['connected', 'open'] } },
    select: { name: true },
  })
  if (row?.name == null) return false
  return call.evolution.findWebhook(row.name, within).then(() => false, isDatabaseFailure)
}
