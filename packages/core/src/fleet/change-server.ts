import { createEvolution } from '@zapfleet/evolution'
import { FleetError } from '../ground/fleet-error.ts'
import { noSealer } from '../ground/seal.ts'
import { answerProblem, keyProblem } from '../health/check-evolution.ts'
import { whilePlacing } from '../provisioning/place-instance.ts'
import { unknownServer } from '../server/on-server.ts'
import type { AddServerInput, UpdateServerInput } from '../server/server-input.ts'
import { purposeOf } from '../server/servers.ts'
import type { FleetCall } from './fleet.ts'
import { checkServer, type Server } from './list-servers.ts'

/** Rounds, event connections and keys belong to each. */
const SERVERS_MAX = 50
const ANSWER_WITHIN_MS = 5_000

/**
 * Adds an Evolution API server that answers and accepts the key. New instances go to the one with the fewest.
 *
 * @throws FleetError CONFLICT when the name or the address is taken; EVOLUTION_UNREACHABLE, EVOLUTION_REFUSED when it cannot be used: nothing
 * was added then; INVALID_STATE without ZAPFLEET_SECRET, or with 50 servers; DATABASE_UNAVAILABLE
 */
export async function addServer(call: FleetCall, { name, url, apiKey }: AddServerInput): Promise<Server> {
  const { fleet, log } = call
  if (fleet.sealer === null) throw noSealer()
  await fleet.servers.refresh()
  await assertFreeAddress(call, name, url)
  await assertUsable({ url, apiKey })
  const { server } = fleet.sql.prisma
  if ((await server.count()) >= SERVERS_MAX)
    throw new FleetError('INVALID_STATE', `${SERVERS_MAX} servers exist, the most there may be.`)
  const sealedKey = fleet.sealer.seal(apiKey, purposeOf(name))
  const { count } = await server.createMany({ data: { name, url, sealedKey }, skipDuplicates: true })
  if (count === 0)
    throw new FleetError(
      'CONFLICT',
      `There is a server named "${name}" already. Use server.update, or another name.`,
    )
  log.info({ server: name }, 'an Evolution server was added')
  return checkServer(call, { name })
}

/**
 * Changes the address or the key of a server, after it answered with them. All processes use them within 5 s.
 *
 * @throws FleetError NOT_FOUND, and as `addServer`: nothing was changed then
 */
export async function updateServer(call: FleetCall, input: UpdateServerInput): Promise<Server> {
  const { fleet, log } = call
  const { name } = input
  if (fleet.sealer === null) throw noSealer()
  const row = await fleet.sql.prisma.server.findUnique({ where: { name } })
  if (row === null) throw unknownServer(name)
  const url = input.url ?? row.url
  const apiKey = input.apiKey ?? fleet.sealer.open(row.sealedKey, purposeOf(name))
  await fleet.servers.refresh()
  await assertFreeAddress(call, name, url)
  await assertUsable({ url, apiKey })
  const sealedKey = input.apiKey === undefined ? row.sealedKey : fleet.sealer.seal(apiKey, purposeOf(name))
  const { count } = await fleet.sql.prisma.server.updateMany({
    where: { name, sealedKey: row.sealedKey },
    data: { url, sealedKey },
  })
  if (count === 0) {
    const message = `The server "${name}" was changed or removed meanwhile. Read it with server.list, then try again.`
    throw new FleetError('CONFLICT', message)
  }
  log.info({ server: name }, 'an Evolution server was changed')
  return checkServer(call, { name })
}

/**
 * Removes a server that has no instances any more. Nothing is called on it.
 *
 * @throws FleetError NOT_FOUND; CONFLICT while it has instances; DATABASE_UNAVAILABLE
 */
export async function removeServer(call: FleetCall, { name }: { name: string }): Promise<{ name: string }> {
  const { fleet, log } = call
  const { prisma } = fleet.sql
  if ((await prisma.server.findUnique({ where: { name } })) === null) throw unknownServer(name)
  await whilePlacing(call, async () => {
    const numbers = await prisma.instance.count({
      where: { removedAt: null, OR: [{ server: name }, { movingTo: name }] },
    })
    if (numbers > 0) {
      const message = `The server "${name}" has ${numbers} ${numbers === 1 ? 'number' : 'numbers'}. Move or delete them first.`
      throw new FleetError('CONFLICT', message)
    }
    await prisma.server.deleteMany({ where: { name } })
    await prisma.leftover.deleteMany({ where: { server: name } })
  })
  await fleet.servers.refresh()
  log.info({ server: name }, 'an Evolution server was removed')
  return { name }
}

/** One server under two names would be read, and counted, as two. */
async function assertFreeAddress({ fleet }: FleetCall, name: string, url: string): Promise<void> {
  const { origin, pathname } = new URL(url)
  const same = (await fleet.servers.list()).find((one) => {
    if (one.name === name || !URL.canParse(one.url)) return false
    const other = new URL(one.url)
    return other.origin === origin && trimmed(other.pathname) === trimmed(pathname)
  })
  if (same === undefined) return
  const message = `url: expected the address of a server that is not added yet, got that of "${same.name}".`
  throw new FleetError('CONFLICT', message)
}

const trimmed = (path: string): string => path.replace(/\/+$/, '')

/** Calls the server with these values. @throws FleetError EVOLUTION_UNREACHABLE, EVOLUTION_REFUSED */
async function assertUsable(options: { url: string; apiKey: string }): Promise<void> {
  const evolution = createEvolution(options)
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  try {
    const problem =
      (await answerProblem(evolution, within)) ?? (await keyProblem(evolution, within).catch(() => 'unclear'))
    if (problem === null) return
    const { origin } = new URL(options.url)
    const nothing = 'Nothing was changed.'
    if (problem === 'unreachable')
      throw new FleetError('EVOLUTION_UNREACHABLE', `No Evolution API answers at ${origin}. ${nothing}`)
    throw new FleetError('EVOLUTION_REFUSED', `${REFUSALS[problem] ?? REFUSALS.unclear} ${nothing}`, {
      ...(problem === 'unlicensed' ? { nextStep: 'activate_licence' as const } : {}),
    })
  } finally {
    await evolution.close({ graceMs: 0 })
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  unlicensed: 'The licence of this Evolution is not activated: activate it in its manager first.',
  not_evolution: 'Another program than the Evolution API answers at this address.',
  key_refused: 'This Evolution refuses the key: expected its AUTHENTICATION_API_KEY.',
  key_of_one_instance:
    'The key is the token of one instance: expected the AUTHENTICATION_API_KEY of the server.',
  database_away: 'This Evolution does not reach its own database.',
  unclear: 'The answers of this server do not show that the key opens it.',
}
