import { FleetError } from '../ground/fleet-error.ts'
import { answerProblem } from '../health/check-evolution.ts'
import { onKnownServer, onServer } from '../server/on-server.ts'
import { DEFAULT_SERVER, serverOf } from '../server/server-names.ts'
import type { KnownServer } from '../server/servers.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Answering } from './placements.ts'
import type { ProvisioningCall, ProvisioningFleet, ProvisioningServerCall } from './provisioning-fleet.ts'

const ANSWER_WITHIN_MS = 4_000
/** No instance has a colon in its name. */
const LEASE = 'server:placing'

/**
 * Runs `register`, which writes the row of a new instance, on the server that is given, or else on the one with the fewest
 * instances of those that answer. Of several servers, choices run one after another over all processes.
 *
 * @throws FleetError NOT_FOUND for a server that is not known; EVOLUTION_UNREACHABLE when none of several answers, EVOLUTION_REFUSED when
 * one of them lacks its licence; DATABASE_UNAVAILABLE
 */
export async function onChosenServer<Result>(
  call: ProvisioningCall,
  given: string | undefined,
  register: (call: ProvisioningServerCall) => Promise<Result>,
): Promise<Result> {
  const servers = await call.fleet.servers.list()
  if (servers.length === 1) return register(await onServer(call, given ?? DEFAULT_SERVER))
  const reading =
    given === undefined ? await call.fleet.placements.answering.run(() => readAnswering(servers)) : null
  return whilePlacing(call, async () => {
    if (reading === null) return register(await onServer(call, given ?? DEFAULT_SERVER))
    const { answering, unlicensed } = reading
    const candidates = (await call.fleet.servers.list()).filter(({ name }) => answering.has(name))
    const numbers = await countNumbers(call.fleet)
    const count = ({ name }: KnownServer): number => numbers.get(name) ?? 0
    const [first, ...others] = candidates
    if (first === undefined) throw noneAnswers(unlicensed)
    const emptiest = others.reduce((best, one) => (count(one) < count(best) ? one : best), first)
    return register(onKnownServer(call, emptiest))
  })
}

/**
 * Runs `act` while no other call, in any process, places an instance on a server or removes a server; it reads the servers
 * anew.
 *
 * @throws FleetError CONFLICT, DATABASE_UNAVAILABLE as `oneAtATime`
 */
export function whilePlacing<Result>(call: ProvisioningCall, act: () => Promise<Result>): Promise<Result> {
  return call.fleet.placements.limit(() =>
    oneAtATime(call, LEASE, async () => {
      await call.fleet.servers.refresh()
      return act()
    }),
  )
}

function noneAnswers(unlicensed: readonly string[]): FleetError {
  if (unlicensed.length === 0) {
    const message =
      'No Evolution server answers. Check them with server.list, or name the server of the instance.'
    return new FleetError('EVOLUTION_UNREACHABLE', message)
  }
  const names = unlicensed.map((name) => `"${name}"`).join(', ')
  const message = `No Evolution server takes the instance: the licence of ${names} is not activated. Activate it in the manager of Evolution (path /manager of its address), then try again.`
  return new FleetError('EVOLUTION_REFUSED', message, { nextStep: 'activate_licence' })
}

async function readAnswering(servers: readonly KnownServer[]): Promise<Answering> {
  const answers = await Promise.all(
    servers.map(async ({ name, evolution, keyProblem }) => {
      const problem = await answerProblem(evolution, { timeoutMs: ANSWER_WITHIN_MS })
      return { name, problem: problem ?? keyProblem }
    }),
  )
  const namesWith = (wanted: string | null): string[] =>
    answers.flatMap(({ name, problem }) => (problem === wanted ? [name] : []))
  return { answering: new Set(namesWith(null)), unlicensed: namesWith('unlicensed') }
}

/** How many instances each server has, or receives by a move: one that moves counts on both. @throws FleetError DATABASE_UNAVAILABLE */
export async function countNumbers(
  fleet: Pick<ProvisioningFleet, 'sql'>,
): Promise<ReadonlyMap<string, number>> {
  const groups = await fleet.sql.prisma.instance.groupBy({
    by: ['server', 'movingTo'],
    where: { removedAt: null },
    _count: { name: true },
  })
  const numbers = new Map<string, number>()
  for (const { server, movingTo, _count } of groups) {
    for (const name of movingTo === null ? [serverOf(server)] : [serverOf(server), movingTo])
      numbers.set(name, (numbers.get(name) ?? 0) + _count.name)
  }
  return numbers
}
