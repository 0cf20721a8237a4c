import { readMoment } from '../ground/moment.ts'
import { onDatabase } from '../ground/on-database.ts'
import {
  type EvolutionProblem,
  isDatabaseFailure,
  isReachable,
  keyProblem,
} from '../health/check-evolution.ts'
import { pollingPulse } from '../schedule/read-runs.ts'
import type { Fleet } from './fleet.ts'

/** What the fleet stands on, beside its numbers. */
export type Conditions = {
  evolution: {
    /** Whether it answers at all. */
    reachable: boolean
    /** Why it cannot be used; null when it can, or when that could not be read. */
    problem: EvolutionProblem | null
    /** True for the simulator, whose phones and messages are not real. */
    simulated: boolean
    /** Evolution's own word; null before it was ever heard. */
    version: string | null
  }
  polling: {
    /** Whether a scheduler begins health rounds: the last one is not much longer ago than the one before was from it. */
    alive: boolean
    /** ISO 8601 in UTC; null before the first. */
    lastRoundAt: string | null
  }
  /** Where the fleet's midnight is, as an IANA name. */
  timeZone: string
  /** The country of phone numbers that are written without a country code; ISO 3166. */
  defaultCountry: string
}

/** Polling that missed so many rounds is dead; a leader's death costs the usual timetable two. */
const ROUNDS_MISSED = 3
/** What a takeover by another scheduler may take, whatever the timetable. */
const TAKEOVER_MS = 60_000

/** Whoever asks within this time gets the last answer of Evolution. */
const SHARED_FOR_MS = 10_000
const ANSWER_WITHIN_MS = 4_000
/** A key that was accepted is not tried again for this long: the try counts Evolution's tables. */
const KEY_ACCEPTED_FOR_MS = 300_000

/** Evolution's greeting calls WhatsApp each time and is slow when that is away, so it is read until it was read once. */
type Seen = {
  problem: EvolutionProblem | null
  who: { version: string; simulated: boolean } | null
  acceptedAtMs: number | null
}

const seen = new WeakMap<Fleet['sql'], { startedAtMs: number; answer: Promise<Seen> }>()

/** Reads them now; Evolution at most each 10 s, however many ask. @throws FleetError DATABASE_UNAVAILABLE */
export async function readConditions(fleet: Fleet): Promise<Conditions> {
  const [{ problem, who }, pulse, moment] = await Promise.all([
    lookAtEvolution(fleet),
    pollingPulse(fleet),
    onDatabase(() => readMoment(fleet)),
  ])
  return {
    evolution: {
      reachable: problem !== 'unreachable',
      problem,
      simulated: who?.simulated ?? false,
      version: who?.version ?? null,
    },
    polling: {
      alive: pulse !== null && pulse.ageMs < Math.max(TAKEOVER_MS, ROUNDS_MISSED * pulse.periodMs),
      lastRoundAt: moment.lastRoundAt?.toISOString() ?? null,
    },
    timeZone: fleet.timeZone,
    defaultCountry: fleet.defaultCountry,
  }
}

async function lookAtEvolution(fleet: Fleet): Promise<Seen> {
  const last = seen.get(fleet.sql)
  if (last && performance.now() - last.startedAtMs < SHARED_FOR_MS) return last.answer
  const before = last?.answer ?? Promise.resolve(null)
  const present = {
    startedAtMs: performance.now(),
    answer: before.then((known) => look(fleet, known)),
  }
  seen.set(fleet.sql, present)
  return present.answer
}

async function look(fleet: Fleet, known: Seen | null): Promise<Seen> {
  const { evolution } = fleet
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  const acceptedAtMs = known?.acceptedAtMs ?? null
  const isAccepted = acceptedAtMs !== null && performance.now() - acceptedAtMs < KEY_ACCEPTED_FOR_MS
  const [reachable, isDatabaseAway, problem, who] = await Promise.all([
    isReachable(evolution, within),
    failsToReadDatabase(fleet, within),
    isAccepted ? null : keyProblem(evolution, within).catch(() => 'unknown' as const),
    known?.who ?? evolution.version(within).catch(() => null),
  ])
  if (!reachable) return { problem: 'unreachable', who, acceptedAtMs }
  if (isDatabaseAway) return { problem: 'database_away', who, acceptedAtMs }
  if (problem === 'unknown') {
    const last = known?.problem ?? null
    const isOver = last === 'unreachable' || last === 'database_away'
    return { problem: isOver ? null : last, who, acceptedAtMs }
  }
  if (problem !== null) return { problem, who, acceptedAtMs: null }
  return { problem: null, who, acceptedAtMs: isAccepted ? acceptedAtMs : performance.now() }
}

/** By the webhook of one instance, which Evolution reads from its database at little cost. */
async function failsToReadDatabase(fleet: Fleet, within: { timeoutMs: number }): Promise<boolean> {
  const row = await onDatabase(() =>
    fleet.sql.prisma.instance.findFirst({
      where: { removedAt: null, status: { in: ['connected', 'open'] } },
      select: { name: true },
    }),
  )
  if (row?.name == null) return false
  return fleet.evolution.findWebhook(row.name, within).then(() => false, isDatabaseFailure)
}
