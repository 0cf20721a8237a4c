import { lastRoundOf } from '../ground/moment.ts'
import { readMoment } from '../ground/read-moment.ts'
import type { EvolutionProblem } from '../health/check-evolution.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import { type MessageConditions, readMessageConditions } from '../message/read-message-conditions.ts'
import { type Coverage, readCoverage } from '../outcome/read-coverage.ts'
import { pollingPulse } from '../schedule/read-runs.ts'
import { onServer } from '../server/on-server.ts'
import { DEFAULT_SERVER, serverOf } from '../server/server-names.ts'
import type { Fleet, FleetCall } from './fleet.ts'
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
    /** Whether a scheduler begins health rounds: the last one is not much longer ago than their period. */
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

/**
 * Reads them now; each Evolution server at most once per 10 s.
 *
 * @param pools with the names, the servers and the messages of these alone; the whole fleet by default
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readConditions(call: FleetCall, pools?: SeenPools): Promise<Conditions> {
  const { fleet } = call
  const [{ problem, about }, servers, pulse, moment, events, messages] = await Promise.all([
    onServer(call, DEFAULT_SERVER).then((at) => readEvolution(at)),
    readAddedServers(call, pools),
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

async function readAddedServers(call: FleetCall, pools: SeenPools): Promise<ServerState[]> {
  const servers = await call.fleet.servers.list()
  const added = servers.filter(({ name }) => name !== DEFAULT_SERVER)
  const seen = pools === undefined || added.length === 0 ? null : await serversInPools(call.fleet, pools)
  const shown = seen === null ? added : added.filter(({ name }) => seen.has(name))
  const states = await Promise.all(shown.map((server) => readServerState(call, server)))
  return states.map(({ name, reachable, problem }) => ({ name, reachable, problem }))
}

/** The names of the servers that have a number of the pools. One that a number moves to is not among them before it serves. */
async function serversInPools(
  { sql }: Pick<Fleet, 'sql'>,
  pools: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await sql.prisma.instance.findMany({
    where: { tags: { hasSome: [...pools] }, removedAt: null },
    select: { server: true },
    distinct: ['server'],
  })
  return new Set(rows.map(({ server }) => serverOf(server)))
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
