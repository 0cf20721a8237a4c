import { FleetError } from './fleet-error.ts'
import { address, fitKey } from './options.ts'
import { createStartGrace, type StartGrace } from './start-grace.ts'

/** Address and key of one Evolution server. */
export type EvolutionServer = {
  /** Address of Evolution: `https://evolution.example.com`. */
  url: string
  /** The server's key, or one that is valid for every number on it. Sent in the header `apikey`. */
  apiKey: string
}

/** A server as the sender calls it. */
type SendingServer = { base: string; apiKey: string; grace: StartGrace }

/** The server of EVOLUTION_API_URL, by its name on zapfleet. */
export const DEFAULT_SERVER = 'default'

const CALLER = 'createEvolutionSender'

/** The servers of a sender, by their names. @throws FleetError `INVALID_INPUT` when an option is invalid; it shows no key */
export function readServers(
  {
    servers: others = {},
    ...first
  }: EvolutionServer & { servers?: Readonly<Record<string, EvolutionServer>> },
  startGraceMs: number,
): ReadonlyMap<string, SendingServer> {
  const servers = new Map([[DEFAULT_SERVER, sendingServer(first, startGraceMs, CALLER)]])
  for (const [name, server] of Object.entries(others)) {
    checkName(name)
    servers.set(name, sendingServer(server, startGraceMs, `${CALLER}: servers.${name}`))
  }
  return servers
}

/** A caller without types may leave out an entry, such as that of a variable that is not set. */
function sendingServer(
  server: Partial<EvolutionServer> | undefined,
  startGraceMs: number,
  caller: string,
): SendingServer {
  const base = address(server?.url ?? '', caller).href.replace(/\/+$/, '')
  return { base, apiKey: fitKey(server?.apiKey, caller), grace: createStartGrace(startGraceMs) }
}

function checkName(name: string): void {
  if (name === DEFAULT_SERVER) {
    const words = `servers: expected further servers, got "${DEFAULT_SERVER}". Its address and key are url and apiKey.`
    throw new FleetError('INVALID_INPUT', `${CALLER}: ${words}`)
  }
  if (/^[A-Za-z0-9_-]{1,50}$/.test(name)) return
  const words = `servers: expected names as server.list has them (1 to 50 letters, digits, _ or -), got ${JSON.stringify(name.slice(0, 60))}.`
  throw new FleetError('INVALID_INPUT', `${CALLER}: ${words}`)
}
