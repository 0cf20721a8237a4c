import type { EvolutionInstance } from '@zapfleet/evolution'
import pLimit from 'p-limit'
import type { Fleet } from '../fleet/fleet.ts'
import { fromEvolution } from '../ground/evolution-failure.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { onDatabase } from '../ground/on-database.ts'
import { keyProblem } from '../health/check-evolution.ts'
import { lookAtInstance } from '../health/check-instances.ts'
import { foreignNameProblem } from '../instance/instance-name.ts'
import { phoneOf, storedPhone } from '../instance/phone-of.ts'
import { registerWebhook } from '../webhook/register-webhook.ts'
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
 * Adopts the instances that Evolution has and the registry has not: a row each with the limits by default, its state read
 * at once, our webhook set where no other program has one, also on those that were known: a changed PUBLIC_URL reaches them so.
 * Instances without a phone, or with a name that cannot be managed, are skipped. Nothing on Evolution is created or closed,
 * and its tokens stay there. `dryRun` reports what would be done and does nothing. A repeated call changes nothing.
 *
 * @throws FleetError EVOLUTION_REFUSED where EVOLUTION_API_KEY opens one instance only, so that all others would be reported as
 * missing; EVOLUTION_*, DATABASE_UNAVAILABLE; what was adopted until then stays
 */
export async function importInstances(
  fleet: Fleet,
  { dryRun = false }: { dryRun?: boolean | undefined },
): Promise<ImportReport> {
  const there = await fleet.evolution.fetchInstances().catch((error) => {
    throw fromEvolution(error)
  })
  const known = await registeredNames(fleet)
  const names = new Set(there.map(({ name }) => name))
  const missing = sorted([...known].filter((name) => !names.has(name)))
  if (missing.length > 0) await assertOpensAll(fleet)
  const strangers: EvolutionInstance[] = []
  const skipped: Skipped[] = []
  for (const one of there) {
    if (known.has(one.name)) continue
    const reason = skipReason(one)
    if (reason !== null) {
      // A name may hold what a terminal would act on: as JSON it does not.
      fleet.log.warn({ instance: JSON.stringify(one.name), reason }, 'an instance is not imported')
      skipped.push({ name: one.name, reason })
    } else if (await isBeingRemoved(fleet, one.name))
      fleet.log.info({ instance: one.name }, 'an instance is not imported: it is being deleted')
    else strangers.push(one)
  }
  if (!dryRun) {
    const limit = pLimit(AT_A_TIME)
    await Promise.all(strangers.map((one) => limit(() => adopt(fleet, one))))
    const knownThere = there.filter(({ name }) => known.has(name))
    await Promise.all(knownThere.map(({ name }) => limit(() => setWebhook(fleet, name))))
    if (strangers.length > 0) await onDatabase(() => fleet.engine.snapshot.refresh())
  }
  return {
    imported: sorted(strangers.map(({ name }) => name)),
    alreadyKnown: sorted([...names].filter((name) => known.has(name))),
    missingOnEvolution: missing,
    ...(skipped.length > 0 ? { skipped: skipped.sort((a, b) => compare(a.name, b.name)) } : {}),
  }
}

async function assertOpensAll({ evolution }: Fleet): Promise<void> {
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
 * Whether an instance pairs with a phone. Those of other integrations read `open` at once, also with false credentials, and answer
 * 201 to texts that reach nobody. Version 1 tells no integration and has no other.
 */
export function hasPhone({ integration }: Pick<EvolutionInstance, 'integration'>): boolean {
  return integration === null || integration === 'WHATSAPP-BAILEYS'
}

function skipReason(one: EvolutionInstance): string | null {
  if (!hasPhone(one))
    return `its integration is ${one.integration}, not WHATSAPP-BAILEYS: it has no phone and always reads "open"`
  return foreignNameProblem(one.name)
}

async function adopt(fleet: Fleet, { name, ownerJid, number }: EvolutionInstance): Promise<void> {
  await registerInstance(
    fleet,
    { name, phoneNumber: phoneOf(ownerJid) ?? storedPhone(number, fleet.defaultCountry) ?? undefined },
    'imported',
  )
  fleet.log.info({ instance: name }, 'instance imported')
  try {
    await lookAtInstance(fleet, name, { source: 'check' })
  } catch (error) {
    fleet.log.warn({ instance: name, err: error }, 'an imported instance could not be read yet')
  }
  await setWebhook(fleet, name)
}

async function setWebhook(fleet: Fleet, name: string): Promise<void> {
  try {
    await registerWebhook(fleet, name)
  } catch (error) {
    fleet.log.warn({ instance: name, err: error }, 'an instance could not be given our webhook yet')
  }
}

async function registeredNames(fleet: Fleet): Promise<Set<string>> {
  const rows = await onDatabase(() =>
    fleet.sql.prisma.instance.findMany({ where: { removedAt: null }, select: { name: true } }),
  )
  return new Set(rows.flatMap(({ name }) => name ?? []))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = (names: string[]): string[] => names.sort(compare)
