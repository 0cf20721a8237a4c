import { EvolutionError } from '@zapfleet/evolution'
import { readMoment } from '../db/moment.ts'
import { onDatabase } from '../db/on-database.ts'
import { pollingPulse } from '../schedule/read-runs.ts'
import type { Fleet } from './fleet.ts'

/** What the fleet stands on, beside its numbers. */
export type Conditions = {
  evolution: {
    /** Whether it answers at all. */
    reachable: boolean
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
/** No instance is called so: Evolution says 404 from memory, in a millisecond, whatever WhatsApp does. */
const NOBODY = 'zapfleet-is-anybody-there'

/** Evolution's own greeting asks WhatsApp each time and is slow when that is away, so it is asked until it was heard once. */
type Seen = { reachable: boolean; who: { version: string; simulated: boolean } | null }

const seen = new WeakMap<Fleet['sql'], { startedAtMs: number; answer: Promise<Seen> }>()

/** Reads them now; Evolution at most each 10 s, however many ask. @throws FleetError DATABASE_UNAVAILABLE */
export async function readConditions(fleet: Fleet): Promise<Conditions> {
  const [{ reachable, who }, pulse, moment] = await Promise.all([
    lookAtEvolution(fleet),
    pollingPulse(fleet),
    onDatabase(() => readMoment(fleet)),
  ])
  return {
    evolution: { reachable, simulated: who?.simulated ?? false, version: who?.version ?? null },
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
    answer: before.then((known) => look(fleet, known?.who ?? null)),
  }
  seen.set(fleet.sql, present)
  return present.answer
}

async function look(fleet: Fleet, known: Seen['who']): Promise<Seen> {
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  const [reachable, who] = await Promise.all([
    fleet.evolution.connectionState(NOBODY, within).then(
      () => true,
      (error: unknown) => error instanceof EvolutionError && error.code !== 'EVOLUTION_UNREACHABLE',
    ),
    known ?? fleet.evolution.version(within).catch(() => null),
  ])
  return { reachable, who }
}
