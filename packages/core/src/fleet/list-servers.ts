import { type Coverage, readCoverage } from '../outcome/read-coverage.ts'
import { countNumbers } from '../provisioning/place-instance.ts'
import { unknownServer } from '../server/on-server.ts'
import type { KnownServer } from '../server/servers.ts'
import type { FleetCall } from './fleet.ts'
import { readServerState, type ServerState } from './read-server-state.ts'

/** One Evolution API server. Its key leaves no call. */
export type Server = ServerState & {
  url: string
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
  const { name, url } = server
  const [{ about, ...state }, events] = await Promise.all([
    readServerState(call, server, how),
    readCoverage(call.fleet, name),
  ])
  return {
    ...state,
    url,
    version: about?.version ?? null,
    licensed: state.problem !== 'unlicensed',
    numbers: numbers.get(name) ?? 0,
    events,
  }
}
