import { EvolutionError } from '@zapfleet/evolution'
import { FleetError } from '../ground/fleet-error.ts'
import { answerProblem } from '../health/check-evolution.ts'
import { onKnownServer } from '../server/on-server.ts'
import { READ_MS } from './is-on-evolution.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'

/** What one server still has to do for one instance. */
type Task = { name: string; server: string }

type Finish = {
  /** True: it is done. */
  finish(there: ProvisioningServerCall, name: string): Promise<boolean>
  /** Logged with the error of a task. */
  failure: string
}

/**
 * Finishes tasks: those of one server one after another, the servers beside each other. A server that does not answer within 3 s, or
 * stops to answer, is left until the next call, so that it delays the rounds of no other one. Never throws for an Evolution that cannot be
 * reached.
 *
 * @returns how many are done
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function onEach(call: ProvisioningCall, tasks: readonly Task[], how: Finish): Promise<number> {
  const servers = [...new Set(tasks.map(({ server }) => server))]
  const counts = await Promise.all(
    servers.map((server) => {
      const names = tasks.flatMap((task) => (task.server === server ? [task.name] : []))
      return onOne(call, server, names, how)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function onOne(
  call: ProvisioningCall,
  server: string,
  names: readonly string[],
  { finish, failure }: Finish,
): Promise<number> {
  const found = await call.fleet.servers.find(server)
  if (found === undefined) {
    call.log.warn({ server, instances: names.length }, `${failure}: there is no such server`)
    return 0
  }
  const there = onKnownServer(call, found)
  if ((await answerProblem(there.evolution, { timeoutMs: READ_MS })) === 'unreachable') {
    call.log.warn({ server, instances: names.length }, `${failure}: its server does not answer`)
    return 0
  }
  let done = 0
  for (const name of names) {
    try {
      if (await finish(there, name)) done++
    } catch (error) {
      call.log.warn({ instance: name, server, err: error }, failure)
      if (isUnreachable(error)) break
    }
  }
  return done
}

const isUnreachable = (error: unknown): boolean =>
  (error instanceof FleetError || error instanceof EvolutionError) && error.code === 'EVOLUTION_UNREACHABLE'
