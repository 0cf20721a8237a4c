import type { EvolutionInstance } from '@zapfleet/evolution'
import pLimit from 'p-limit'
import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import { keyProblem } from '../fleet/look-at-evolution.ts'
import { lookAtInstance } from '../health/check-instances.ts'
import { registerWebhook } from '../webhook/register-webhook.ts'
import { fromEvolution } from './evolution-failure.ts'
import { phoneOf, storedPhone } from './phone-of.ts'
import { registerInstance } from './register-instance.ts'
import { isBeingRemoved } from './removals.ts'

/** Names, each list in order. */
export type ImportReport = {
  imported: string[]
  alreadyKnown: string[]
  missingOnEvolution: string[]
  /** Instances of another integration than WHATSAPP-BAILEYS, which have no phone to watch; left out where there are none. */
  skipped?: string[]
}

const AT_A_TIME = 10
/** What the column of a contact's number holds. */
const LONGEST_NAME = 50

/**
 * Adopts the instances of WhatsApp phones (WHATSAPP-BAILEYS) that Evolution has and the registry has not: a row each with the limits by default, its state read
 * at once, our webhook set where no other program has one, also on those that were known: a changed PUBLIC_URL reaches them so.
 * Nothing on Evolution is created or closed, and its tokens stay there. `dryRun` says what would be done and does nothing.
 * Again is fine.
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
  const skipped: string[] = []
  for (const one of there) {
    if (known.has(one.name)) continue
    if (one.name === '' || one.name.length > LONGEST_NAME)
      fleet.log.warn(
        { length: one.name.length },
        'an instance is not imported: names have 1 to 50 characters',
      )
    else if (!hasPhone(one)) {
      fleet.log.warn(
        { instance: one.name, integration: one.integration },
        'an instance is not imported: it is not of the integration WHATSAPP-BAILEYS, and reads "open" without a phone',
      )
      skipped.push(one.name)
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
    ...(skipped.length > 0 ? { skipped: sorted(skipped) } : {}),
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

const sorted = (names: string[]): string[] => names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
