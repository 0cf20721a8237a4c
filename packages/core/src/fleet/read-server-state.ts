import type { ServerProblem } from '../health/check-evolution.ts'
import { onKnownServer } from '../server/on-server.ts'
import type { KnownServer } from '../server/servers.ts'
import type { EvolutionReading } from './evolution-conditions.ts'
import type { FleetCall } from './fleet.ts'
import { readEvolution } from './read-evolution.ts'

/** Whether a server can be used. */
export type ServerState = {
  name: string
  /** Whether it answered. */
  reachable: boolean
  /** Why it cannot be used; null: it can, or that could not be read. */
  problem: ServerProblem | null
}

/** Reads a server, as `readEvolution`. A server whose key cannot be opened is not called. @throws FleetError DATABASE_UNAVAILABLE */
export async function readServerState(
  call: FleetCall,
  server: KnownServer,
  how: { now?: boolean } = {},
): Promise<ServerState & Pick<EvolutionReading, 'about'>> {
  const { name, keyProblem } = server
  if (keyProblem !== null) return { name, reachable: false, problem: 'key_sealed', about: null }
  const { problem, about } = await readEvolution(onKnownServer(call, server), how)
  return { name, reachable: problem !== 'unreachable', problem, about }
}
