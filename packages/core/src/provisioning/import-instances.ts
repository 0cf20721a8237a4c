import type { EvolutionInstance } from '@zapfleet/evolution'
import pLimit from 'p-limit'
import { fromEvolution } from '../ground/evolution-failure.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { keyProblem } from '../health/check-evolution.ts'
import { readAndStoreInstance } from '../health/check-instances.ts'
import { foreignNameProblem } from '../instance/instance-name.ts'
import { phoneOf, storedPhone } from '../instance/phone-of.ts'
import { registerWebhook } from '../webhook/register-webhook.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'
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
}

const AT_A_TIME = 10

/**
 * Adopts the instances that Evolution has and the registry has not: a row each with the default limits, its state read at
 * once, our webhook set where no other program has one, also on those that were registered: a changed PUBLIC_URL reaches
 * them so. Instances without a phone, or with a name that cannot be managed, are skipped. Nothing on Evolution is created or
 * closed, and its tokens stay there. `dryRun` reports what would be done and does nothing. A repeated call changes nothing.
 *
 * @throws FleetError EVOLUTION_REFUSED where EVOLUTION_API_KEY opens one instance only, so that all others would be reported
 * as missing; EVOLUTION_*, DATABASE_UNAVAILABLE; what was adopted until then stays
 */
export async function importInstances(
  call: ProvisioningCall,
  { dryRun = false }: { dryRun?: boolean | undefined },
): Promise<ImportReport> {
  const there = await call.evolution.fetchInstances().catch((error) => {
    throw fromEvolution(error)
  })
  const known = await registeredNames(call.fleet)
  const names = new Set(there.map(({ name }) => name))
  const missing = sorted([...known].filter((name) => !names.has(name)))
  if (missing.length > 0) await assertOpensAll(call)
  const adoptable: EvolutionInstance[] = []
  const skipped: Skipped[] = []
  for (const one of there) {
    if (known.has(one.name)) continue
    const reason = skipReason(one)
    if (reason !== null) {
      // A name may hold what a terminal would act on: as JSON it does not.
      call.log.warn({ instance: JSON.stringify(one.name), reason }, 'an instance is not imported')
      skipped.push({ name: one.name, reason })
    } else if (await isBeingRemoved(call.fleet, one.name))
      call.log.info({ instance: one.name }, 'an instance is not imported: it is being deleted')
    else adoptable.push(one)
  }
  if (!dryRun) {
    const limit = pLimit(AT_A_TIME)
    await Promise.all(adoptable.map((one) => limit(() => adopt(call, one))))
    const knownThere = there.filter(({ name }) => known.has(name))
    await Promise.all(knownThere.map(({ name }) => limit(() => setWebhook(call, name))))
    if (adoptable.length > 0) await call.fleet.engine.snapshot.refresh()
  }
  return {
    imported: sorted(adoptable.map(({ name }) => name)),
    alreadyKnown: sorted([...names].filter((name) => known.has(name))),
    missingOnEvolution: missing,
    ...(skipped.length > 0 ? { skipped: skipped.sort((a, b) => compare(a.name, b.name)) } : {}),
  }
}

async function assertOpensAll({ evolution }: ProvisioningCall): Promise<void> {
  const problem = await keyProblem(evolution, {}).catch((error) => {
    throw fromEvolution(error)
  })
  if (problem !== 'key_of_one_instance') return
  throw new FleetError(
    'EVOLUTION_REFUSED',
    "EVOLUTION_API_KEY is the token of one instance, so the others cannot be read. Nothing was imported, and no number is known to be missing: delete none. Set EVOLUTION_API_KEY to the server's AUTHENTICATION_API_KEY.",
  )
}

/**
 * Whether an instance pairs with a phone. Those of other integrations read `open` at once, also with false credentials, and
 * answer 201 to texts that are not delivered. Version 1 reports no integration and has no other.
 */
export function hasPhone({ integration }: Pick<EvolutionInstance, 'integration'>): boolean {
  return integration === null || integration === 'WHATSAPP-BAILEYS'
}

function skipReason(one: EvolutionInstance): string | null {
  if (!hasPhone(one))
    return `its integration is ${one.integration}, not WHATSAPP-BAILEYS: it has no phone and always reads "open"`
  return foreignNameProblem(one.name)
}

async function adopt(call: ProvisioningCall, { name, ownerJid, number }: EvolutionInstance): Promise<void> {
  await registerInstance(
    call.fleet,
    { name, phoneNumber: phoneOf(ownerJid) ?? storedPhone(number, call.fleet.defaultCountry) ?? undefined },
    'imported',
  )
  call.log.info({ instance: name }, 'instance imported')
  try {
    await readAndStoreInstance(call, name, { source: 'check' })
  } catch (error) {
    call.log.warn({ instance: name, err: error }, 'an imported instance could not be read yet')
  }
  await setWebhook(call, name)
}

async function setWebhook(call: ProvisioningCall, name: string): Promise<void> {
  try {
    await registerWebhook(call, name)
  } catch (error) {
    call.log.warn({ instance: name, err: error }, 'an instance could not be given our webhook yet')
  }
}

async function registeredNames(fleet: Ground): Promise<Set<string>> {
  const rows = await fleet.sql.prisma.instance.findMany({
    where: { removedAt: null },
    select: { name: true },
  })
  return new Set(rows.flatMap(({ name }) => name ?? []))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = (names: string[]): string[] => names.sort(compare)
