import type { EvolutionInstance } from '@zapfleet/evolution'
import pLimit from 'p-limit'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { keyProblem } from '../health/check-evolution.ts'
import { readAndStoreInstance } from '../health/check-instances.ts'
import { foreignNameProblem } from '../instance/instance-name.ts'
import { phoneOf, storedPhone } from '../instance/phone-of.ts'
import { failureOf, onKnownServer } from '../server/on-server.ts'
import { DEFAULT_SERVER, serverOf } from '../server/server-names.ts'
import { setOurWebhook } from '../webhook/register-webhook.ts'
import { hasPhone, phonelessProblem } from './has-phone.ts'
import { onChosenServer } from './place-instance.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'
import { registerInstance } from './register-instance.ts'
import { isBeingRemoved } from './removals.ts'

/** An instance that is not adopted, and why, as a sentence without its subject. */
type Skipped = { name: string; reason: string }

/** Names, each list in order. */
export type ImportReport = {
  imported: string[]
  alreadyKnown: string[]
  missingOnEvolution: string[]
  /** Instances that cannot be managed; left out where there are none. */
  skipped?: Skipped[]
  /** Servers that could not be read: nothing is reported of their instances; left out where there are none. */
  unread?: { server: string; reason: string }[]
}

const AT_A_TIME = 10

/**
 * Adopts the instances that the Evolution servers have and the registry has not: a row each with the default limits, its state read at
 * once, our webhook set where no other program has one, also on those that were registered: a changed PUBLIC_URL reaches
 * them so. Instances without a phone, with a name that cannot be managed, or with a name that two servers have, are skipped. Nothing on Evolution is created or
 * closed, and its tokens stay there. `dryRun` reports what would be done and does nothing. A repeated call changes nothing.
 *
 * @throws FleetError EVOLUTION_REFUSED where EVOLUTION_API_KEY opens one instance only, so that all others would be reported
 * as missing; EVOLUTION_*, DATABASE_UNAVAILABLE; what was adopted until then stays
 */
export async function importInstances(
  call: ProvisioningCall,
  { dryRun = false }: { dryRun?: boolean | undefined },
): Promise<ImportReport> {
  const inventories = await readInventories(call)
  const registered = await registeredServers(call.fleet)
  const missing = await missingNames(inventories, registered)
  const known: Found[] = []
  const adoptable: Found[] = []
  const skipped: Skipped[] = []
  for (const [name, found] of byName(inventories)) {
    const [first, second] = found
    const own = registered.get(name)
    if (own !== undefined) {
      const mine = found.filter(({ at }) => own.includes(at.server))
      known.push(...mine)
      for (const other of found)
        if (!own.includes(other.at.server) && !(await isLeftover(other.at, name)))
          skipped.push({ name, reason: onTwo(own[0] ?? '', mine[0]?.row, other) })
    } else if (second !== undefined) skipped.push({ name, reason: onTwo(first.at.server, first.row, second) })
    else {
      const reason = skipReason(first.row)
      if (reason !== null) skipped.push({ name, reason })
      else if (await isBeingRemoved(call.fleet, name))
        call.log.info({ instance: name }, 'an instance is not imported: it is being deleted')
      else if (!(await isLeftover(first.at, name))) adoptable.push(first)
    }
  }
  // A name may hold what a terminal would act on: as JSON it does not.
  for (const { name, reason } of skipped)
    call.log.warn({ instance: JSON.stringify(name), reason }, 'an instance is not imported')
  if (!dryRun) {
    const limit = pLimit(AT_A_TIME)
    await Promise.all(adoptable.map(({ at, row }) => limit(() => adopt(at, row))))
    await Promise.all(known.map(({ at, row }) => limit(() => setWebhook(at, row.name))))
    if (adoptable.length > 0) await call.fleet.engine.snapshot.refresh()
  }
  const unread = inventories.flatMap(({ at, problem }) =>
    problem === null ? [] : [{ server: at.server, reason: problem.message }],
  )
  return {
    imported: sorted(adoptable.map(({ row }) => row.name)),
    alreadyKnown: sorted([...new Set(known.map(({ row }) => row.name))]),
    missingOnEvolution: missing,
    ...(skipped.length > 0 ? { skipped: skipped.sort((a, b) => compare(a.name, b.name)) } : {}),
    ...(unread.length > 0 ? { unread } : {}),
  }
}

/** An instance as a server lists it. */
type Found = { at: ProvisioningServerCall; row: EvolutionInstance }

/** What a server lists; `problem`: why it could not be read. */
type Inventory = { at: ProvisioningServerCall; rows: EvolutionInstance[]; problem: Error | null }

/** @throws FleetError EVOLUTION_* where no server can be read */
async function readInventories(call: ProvisioningCall): Promise<Inventory[]> {
  const servers = await call.fleet.servers.list()
  const inventories = await Promise.all(
    servers.map(async (server): Promise<Inventory> => {
      const at = onKnownServer(call, server)
      try {
        return { at, rows: await at.evolution.fetchInstances(), problem: null }
      } catch (error) {
        return { at, rows: [], problem: failureOf(at, error) }
      }
    }),
  )
  const [first] = inventories
  if (first?.problem && inventories.every(({ problem }) => problem !== null)) throw first.problem
  return inventories
}

/** What the servers list under each name. */
function byName(inventories: readonly Inventory[]): Map<string, [Found, ...Found[]]> {
  const all = new Map<string, [Found, ...Found[]]>()
  for (const { at, rows } of inventories)
    for (const row of rows) {
      const found = all.get(row.name)
      if (found) found.push({ at, row })
      else all.set(row.name, [{ at, row }])
    }
  return all
}

/** Registered instances that their server does not have; none of a server that could not be read. */
async function missingNames(
  inventories: readonly Inventory[],
  registered: ReadonlyMap<string, readonly string[]>,
): Promise<string[]> {
  const missing: string[] = []
  for (const { at, rows, problem } of inventories) {
    if (problem !== null) continue
    const there = new Set(rows.map(({ name }) => name))
    const gone = [...registered].filter(([name, [own]]) => own === at.server && !there.has(name))
    if (gone.length > 0) await assertOpensAll(at)
    missing.push(...gone.map(([name]) => name))
  }
  return sorted(missing)
}

/** Why an instance that `server` and another one list is skipped; `row` as `server` lists it. */
function onTwo(server: string, row: EvolutionInstance | undefined, other: Found): string {
  const both = `the servers "${server}" and "${other.at.server}"`
  const id = row?.instanceId ?? null
  return id !== null && id === other.row.instanceId
    ? `${both} are one Evolution with two addresses, which list the same instance; remove one of the two servers, and delete no instance`
    : `${both} both have an instance of this name; delete one of the two, or rename it`
}

async function isLeftover({ fleet, server }: ProvisioningServerCall, instanceName: string): Promise<boolean> {
  return (await fleet.sql.prisma.leftover.count({ where: { instanceName, server } })) > 0
}

async function assertOpensAll(at: ProvisioningServerCall): Promise<void> {
  const { server } = at
  const problem = await keyProblem(at.evolution, {}).catch((error) => {
    throw failureOf(at, error)
  })
  if (problem !== 'key_of_one_instance') return
  const [key, it] =
    server === DEFAULT_SERVER
      ? ['EVOLUTION_API_KEY', 'EVOLUTION_API_KEY']
      : [`The key of the server "${server}"`, 'it']
  throw new FleetError(
    'EVOLUTION_REFUSED',
    `${key} is the token of one instance, so the others cannot be read. Nothing was imported, and no number is known to be missing: delete none. Set ${it} to the server's AUTHENTICATION_API_KEY.`,
  )
}

function skipReason(one: EvolutionInstance): string | null {
  return hasPhone(one) ? foreignNameProblem(one.name) : phonelessProblem(one)
}

async function adopt(
  call: ProvisioningServerCall,
  { name, ownerJid, number }: EvolutionInstance,
): Promise<void> {
  const phoneNumber = phoneOf(ownerJid) ?? storedPhone(number, call.fleet.defaultCountry) ?? undefined
  await onChosenServer(call, call.server, ({ fleet, server }) =>
    registerInstance(fleet, { name, phoneNumber, server }, 'imported'),
  )
  call.log.info({ instance: name }, 'instance imported')
  try {
    await readAndStoreInstance(call, name, { source: 'check' })
  } catch (error) {
    call.log.warn({ instance: name, err: error }, 'an imported instance could not be read yet')
  }
  await setWebhook(call, name)
}

async function setWebhook(call: ProvisioningServerCall, name: string): Promise<void> {
  try {
    await setOurWebhook(call, name)
  } catch (error) {
    call.log.warn({ instance: name, err: error }, 'an instance could not be given our webhook yet')
  }
}

/** The server of each registered instance, and the one that it moves to. */
async function registeredServers(fleet: Ground): Promise<Map<string, string[]>> {
  const rows = await fleet.sql.prisma.instance.findMany({
    where: { removedAt: null },
    select: { name: true, server: true, movingTo: true },
  })
  return new Map(
    rows.map(({ name, server, movingTo }) => [
      name,
      movingTo === null ? [serverOf(server)] : [serverOf(server), movingTo],
    ]),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = (names: string[]): string[] => names.sort(compare)
