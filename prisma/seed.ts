import { closeFleet, FleetError, migrate, openFleet, seedInstances, silentLog } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'

/**
 * Registers the initial instances of SEED_INSTANCES (a comma list of names) that are missing; running it again changes
 * nothing. The API does the same at its start; this is for a database that is prepared by hand or in a pipeline.
 */
const { DATABASE_URL, DIRECT_URL, SEED_INSTANCES = '', FLEET_TIMEZONE = 'America/Sao_Paulo' } = process.env
if (!DATABASE_URL) {
  console.error('DATABASE_URL is not set: it names the database to seed.')
  process.exit(1)
}
const names = SEED_INSTANCES.split(',')
  .map((name) => name.trim())
  .filter((name) => name !== '')

try {
  await seed(DATABASE_URL)
} catch (error) {
  if (!(error instanceof FleetError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function seed(databaseUrl: string): Promise<void> {
  await migrate({ url: DIRECT_URL || databaseUrl, timeZone: FLEET_TIMEZONE, log: console.log })
  const evolution = createEvolution({ url: 'http://127.0.0.1', apiKey: 'seeding makes no call to Evolution' })
  const fleet = await openFleet({ databaseUrl, timeZone: FLEET_TIMEZONE, evolution, log: silentLog })
  try {
    const added = await seedInstances(fleet, names)
    console.log(added.length > 0 ? `added: ${added.join(', ')}` : 'nothing to add')
  } finally {
    await closeFleet(fleet)
    await evolution.close()
  }
}
