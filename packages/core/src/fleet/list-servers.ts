import type { EvolutionProblem } from '../health/check-evolution.ts'
import { type Coverage, readCoverage } from '../outcome/read-coverage.ts'
import { countNumbers } from '../provisioning/place-instance.ts'
import { onKnownServer, unknownServer } from '../server/on-server.ts'
import type { KnownServer } from '../server/servers.ts'
import type { EvolutionReading } from './evolution-conditions.ts'
import type { FleetCall } from './fleet.ts'
import { readEvolution } from './read-evolution.ts'

/** Why a server cannot be used. `key_sealed`: its stored key cannot be opened with ZAPFLEET_SECRET. */
export type ServerProblem = EvolutionProblem | 'key_sealed'

/** One Evolution API server. Its key leaves no call. */
export type Server = {
  name: string
  url: string
  /** Whether it answered. */
  reachable: boolean
  /** Why it cannot be used; null: it can, or that could not be read. */
  problem: ServerProblem | null
  /** The version that it reports; null before it was read once. */
  version: string | null
  /** False: its licence is not activated, so it refuses every call. */
  licensed: boolean
  /** How many instances it has, or receives by a move. */
  numbers: number
  /** How the fleet learns what became of the messages of its instances. */
  events: Coverage
}

/** Reads all servers, the default one first; each at most once per 10 s. @throws FleetError DATABASE_UNAVAILABLE */
export async function listServers(call: FleetCall): Promise<Server[]> {
  const [servers, numbers] = await Promise.all([call.fleet.servers.list(), countNumbers(call.fleet)])
  return Promise.all(servers.map((server) => readServer(call, server, numbers)))
}

/** Reads one server now. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function checkServer(call: FleetCall, { name }: { name: string }): Promise<Server> {
  await call.fleet.servers.refresh()
  const server = await call.fleet.servers.find(name)
  if (server === undefined) throw unknownServer(name)
  return readServer(call, server, await countNumbers(call.fleet), { now: true })
}

async function readServer(
  call: FleetCall,
  server: KnownServer,
  numbers: ReadonlyMap<string, number>,
  how: { now?: boolean } = {},
): Promise<Server> {
  const { name, url, keyProblem } = server
  const [reading, events] = await Promise.all([
    keyProblem === null ? readEvolution(onKnownServer(call, server), how) : null,
    readCoverage(call.fleet, name),
  ])
  const problem = reading === null ? 'key_sealed' : reading.problem
  return {
    name,
    url,
    reachable: problem !== 'unreachable' && problem !== 'key_sealed',
    problem,
    version: versionOf(reading),
    licensed: problem !== 'unlicensed',
    numbers: numbers.get(name) ?? 0,
    events,
  }
}

const versionOf = (reading: EvolutionReading | null): string | null => reading?.about?.version ?? null
