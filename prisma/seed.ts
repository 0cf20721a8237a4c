import { closeFleet, migrate, openFleet, seedInstances, silentLog } from '@zapfleet/core'
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

await migrate({ url: DIRECT_URL || DATABASE_URL, timeZone: FLEET_TIMEZONE, log: console.log })
const evolution = createEvolution({ url: 'http://127.0.0.1', apiKey: 'seeding asks Evolution nothing' })
const fleet = await openFleet({
  databaseUrl: DATABASE_URL,
  timeZone: FLEET_TIMEZONE,
  evolution,
  log: silentLog,
})
try {
  const added = await seedInstances(fleet, names)
  console.log(added.length > 0 ? `added: ${added.join(', ')}` : 'nothing to add')
} finally {
  await closeFleet(fleet)
  await evolution.close()
}
