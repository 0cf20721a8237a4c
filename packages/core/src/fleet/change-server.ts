import { createEvolution, type Evolution, type EvolutionInstance } from '@zapfleet/evolution'
import { FleetError } from '../ground/fleet-error.ts'
import { readInstant } from '../ground/read-moment.ts'
import { noSealer } from '../ground/seal.ts'
import { answerProblem, keyProblem } from '../health/check-evolution.ts'
import { whilePlacing } from '../provisioning/place-instance.ts'
import { unknownServer } from '../server/on-server.ts'
import type { AddServerInput, UpdateServerInput } from '../server/server-input.ts'
import { type KnownServer, purposeOf } from '../server/servers.ts'
import type { FleetCall } from './fleet.ts'
import { checkServer, type Server } from './list-servers.ts'

/** Rounds, event connections and keys belong to each. */
const SERVERS_MAX = 50
const ANSWER_WITHIN_MS = 5_000
/** Evolution takes seconds to list its instances where its tables are large. */
const LIST_WITHIN_MS = 20_000
/** After a leftover is due: a few rounds of the scheduler. */
const LEAVES_WITHIN_MS = 60_000

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
  assertFreeAddress(await fleet.servers.list(), name, url)
  await assertUsable(call, { name, url, apiKey })
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
 * Changes the address or the key of a server, after it answered with them. All processes use them within 5 s. A new address must have the
 * numbers of the server, or those of them that the present one has.
 *
 * @throws FleetError NOT_FOUND; CONFLICT for the address of another Evolution, which does not have the numbers; and as `addServer`:
 * nothing was changed then
 */
export async function updateServer(call: FleetCall, input: UpdateServerInput): Promise<Server> {
  const { fleet, log } = call
  const { name } = input
  if (fleet.sealer === null) throw noSealer()
  const row = await fleet.sql.prisma.server.findUnique({ where: { name } })
  if (row === null) throw unknownServer(name)
  const url = input.url ?? row.url
  await fleet.servers.refresh()
  const apiKey = input.apiKey ?? (await openKey(call, name))
  assertFreeAddress(await fleet.servers.list(), name, url)
  const listed = await assertUsable(call, { name, url, apiKey })
  const present = url === row.url ? undefined : await fleet.servers.find(name)
  const listedBefore = present === undefined ? null : await list(present.evolution)
  const sealedKey = input.apiKey === undefined ? row.sealedKey : fleet.sealer.seal(apiKey, purposeOf(name))
  await whilePlacing(call, async () => {
    if (url !== row.url) await assertHasNumbers(call, name, listed, listedBefore)
    const { count } = await fleet.sql.prisma.server.updateMany({
      where: { name, url: row.url, sealedKey: row.sealedKey },
      data: { url, sealedKey },
    })
    if (count > 0) return
    const message = `The server "${name}" was changed or removed meanwhile. Read it with server.list, then try again.`
    throw new FleetError('CONFLICT', message)
  })
  log.info({ server: name }, 'an Evolution server was changed')
  return checkServer(call, { name })
}

/** @throws FleetError INVALID_STATE where the stored key cannot be opened */
async function openKey({ fleet }: FleetCall, name: string): Promise<string> {
  const known = await fleet.servers.find(name)
  if (known === undefined) throw unknownServer(name)
  if (known.keyProblem === null) return known.apiKey
  throw new FleetError('INVALID_STATE', `${known.keyProblem}. Give its apiKey as well.`)
}

/**
 * Removes a server that has no instances any more. Nothing is changed on it: what it has of deleted instances stays there.
 *
 * @returns how it was just before
 * @throws FleetError NOT_FOUND; CONFLICT while it has instances, or had one until a moment ago; DATABASE_UNAVAILABLE
 */
export async function removeServer(call: FleetCall, { name }: { name: string }): Promise<Server> {
  const { fleet, log } = call
  const { prisma } = fleet.sql
  if ((await prisma.server.findUnique({ where: { name } })) === null) throw unknownServer(name)
  const last = await checkServer(call, { name })
  await whilePlacing(call, async () => {
    const numbers = await prisma.instance.count({ where: numbersOn(name) })
    if (numbers > 0) {
      const message = `The server "${name}" has ${numbers} ${numbers === 1 ? 'number' : 'numbers'}. Move or delete them first.`
      throw new FleetError('CONFLICT', message)
    }
    await assertNoneLeaves(call, name)
    const removed = await prisma.instance.findMany({
      where: { removedAt: { not: null }, server: name },
      select: { name: true },
    })
    const instanceName = { in: removed.map((one) => one.name) }
    await prisma.removal.deleteMany({ where: { instanceName } })
    await prisma.leftover.deleteMany({ where: { server: name } })
    await prisma.healthRound.deleteMany({ where: { server: name } })
    await prisma.server.deleteMany({ where: { name } })
  })
  await fleet.servers.refresh()
  log.info({ server: name }, 'an Evolution server was removed')
  return last
}

/** The instances that a server has, or receives by a move. */
const numbersOn = (server: string) => ({ removedAt: null, OR: [{ server }, { movingTo: server }] })

/** What a server lists; null: it could not be read. */
type Listed = readonly EvolutionInstance[] | null

const list = (evolution: Evolution, timeoutMs = ANSWER_WITHIN_MS): Promise<Listed> =>
  evolution.fetchInstances({ timeoutMs }).catch(() => null)

const namesOf = (listed: readonly EvolutionInstance[]): ReadonlySet<string> =>
  new Set(listed.map((one) => one.name))

const MOST_NAMED = 10

/**
 * A server that moved has its instances at the new address; on another Evolution all its numbers would be read as gone.
 *
 * @param listed what the new address lists
 * @param before what the present one lists: an instance that is missing there, too, is gone in any case
 * @throws FleetError CONFLICT; EVOLUTION_UNREACHABLE where the new address could not be read
 */
async function assertHasNumbers(
  { fleet }: FleetCall,
  name: string,
  listed: Listed,
  before: Listed,
): Promise<void> {
  const numbers = await fleet.sql.prisma.instance.findMany({
    where: numbersOn(name),
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  if (numbers.length === 0) return
  if (listed === null) {
    const message = `The instances at this address could not be read, so it is not known whether it has the numbers of "${name}". Nothing was changed. Try again.`
    throw new FleetError('EVOLUTION_UNREACHABLE', message)
  }
  const there = namesOf(listed)
  const expected = before === null ? null : namesOf(before)
  const missing = numbers
    .map((number) => number.name)
    .filter((number) => !there.has(number) && (expected?.has(number) ?? true))
  if (missing.length === 0) return
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : ''
  const names = `${missing.slice(0, MOST_NAMED).join(', ')}${more}`
  const message = `url: expected the address of the server "${name}", got an Evolution that does not have ${missing.length} of its ${numbers.length} numbers: ${names}. Nothing was changed. To use another Evolution, add it with server.add, and move the numbers with instance.move.`
  throw new FleetError('CONFLICT', message)
}

/** Until then messages that were granted before a move are on their way, and then a server that answers deletes the instance. */
async function assertNoneLeaves({ fleet }: FleetCall, name: string): Promise<void> {
  const at = await readInstant(fleet)
  const leaving = await fleet.sql.prisma.leftover.count({
    where: { server: name, dueAt: { gt: new Date(at.getTime() - LEAVES_WITHIN_MS) } },
  })
  if (leaving === 0) return
  const message = `The server "${name}" still has to delete ${leaving} ${leaving === 1 ? 'number' : 'numbers'} that moved away. Try again in three minutes.`
  throw new FleetError('CONFLICT', message)
}

/** One server under two names would be read, and counted, as two. */
function assertFreeAddress(servers: readonly KnownServer[], name: string, url: string): void {
  const { origin, pathname } = new URL(url)
  const same = servers.find((one) => {
    if (one.name === name || !URL.canParse(one.url)) return false
    const other = new URL(one.url)
    return other.origin === origin && trimmed(other.pathname) === trimmed(pathname)
  })
  if (same === undefined) return
  const message = `url: expected the address of a server that is not added yet, got that of "${same.name}".`
  throw new FleetError('CONFLICT', message)
}

const trimmed = (path: string): string => path.replace(/\/+$/, '')

/**
 * Calls the server with these values.
 *
 * @returns what it lists
 * @throws FleetError EVOLUTION_UNREACHABLE, EVOLUTION_REFUSED; CONFLICT where it is a known server under another address
 */
async function assertUsable(
  call: FleetCall,
  { name, ...options }: { name: string; url: string; apiKey: string },
): Promise<Listed> {
  const evolution = createEvolution(options)
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  try {
    const problem =
      (await answerProblem(evolution, within)) ?? (await keyProblem(evolution, within).catch(() => 'unclear'))
    if (problem === null) {
      const listed = await list(evolution, LIST_WITHIN_MS)
      await assertNotKnown(call, name, listed)
      return listed
    }
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

/** Two addresses may lead to one server: it then lists instances with the ids of a known one. */
async function assertNotKnown({ fleet }: FleetCall, name: string, listed: Listed): Promise<void> {
  const idsOf = (all: Listed): string[] => (all ?? []).flatMap(({ instanceId }) => instanceId ?? [])
  const own = new Set(idsOf(listed))
  if (own.size === 0) return
  const others = (await fleet.servers.list()).filter((one) => one.name !== name)
  const known = await Promise.all(
    others.map(async (one) => (idsOf(await list(one.evolution)).some((id) => own.has(id)) ? [one.name] : [])),
  )
  const [same] = known.flat()
  if (same === undefined) return
  const message = `url: expected the address of a server that is not added yet, got another address of "${same}": both list the same instances. Nothing was changed.`
  throw new FleetError('CONFLICT', message)
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
