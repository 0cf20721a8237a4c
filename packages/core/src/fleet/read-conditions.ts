import { lastRoundOf } from '../ground/moment.ts'
import { readMoment } from '../ground/read-moment.ts'
import type { EvolutionProblem } from '../health/check-evolution.ts'
import { type MessageConditions, readMessageConditions } from '../message/read-message-conditions.ts'
import { type Coverage, readCoverage } from '../outcome/read-coverage.ts'
import { pollingPulse } from '../schedule/read-runs.ts'
import { onServer } from '../server/on-server.ts'
import { DEFAULT_SERVER } from '../server/server-names.ts'
import type { FleetCall } from './fleet.ts'
import { readEvolution } from './read-evolution.ts'
import { readServerState, type ServerState } from './read-server-state.ts'

/** What the fleet depends on, besides its instances. */
export type Conditions = {
  /** The default server. */
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
  /** The other servers, by name. */
  servers: ServerState[]
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

/** Reads them now; each Evolution server at most once per 10 s. @throws FleetError DATABASE_UNAVAILABLE */
export async function readConditions(call: FleetCall): Promise<Conditions> {
  const { fleet } = call
  const [{ problem, about }, servers, pulse, moment, events, messages] = await Promise.all([
    onServer(call, DEFAULT_SERVER).then((at) => readEvolution(at)),
    readAddedServers(call),
    pollingPulse(fleet),
    readMoment(fleet),
    readCoverage(fleet),
    readMessageConditions(fleet),
  ])
  return {
    evolution: {
      reachable: problem !== 'unreachable',
      problem,
      simulated: about?.simulated ?? false,
      version: about?.version ?? null,
    },
    servers,
    polling: {
      alive: pulse !== null && pulse.ageMs < Math.max(TAKEOVER_MS, ROUNDS_MISSED * pulse.periodMs),
      lastRoundAt: lastRoundOf(moment)?.toISOString() ?? null,
    },
    events,
    messages,
    timeZone: fleet.timeZone,
    defaultCountry: fleet.defaultCountry,
  }
}

async function readAddedServers(call: FleetCall): Promise<ServerState[]> {
  const servers = await call.fleet.servers.list()
  const added = servers.filter(({ name }) => name !== DEFAULT_SERVER)
  const states = await Promise.all(added.map((server) => readServerState(call, server)))
  return states.map(({ name, reachable, problem }) => ({ name, reachable, problem }))
}
