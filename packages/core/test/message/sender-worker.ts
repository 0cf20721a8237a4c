import { createEvolution } from '@zapfleet/evolution'
import { callOf, openFleet, openSender, silentLog } from '../../src/index.ts'

/** A sender in a process of its own. Its one argument is JSON: the addresses, and the times of sends. */
const { url, evolution, sendTimes } = JSON.parse(process.argv[2] ?? '{}')
const fleet = await openFleet({
  databaseUrl: url,
  timeZone: 'America/Sao_Paulo',
  evolution: createEvolution({ ...evolution, connections: 64 }),
  sendTimes,
  log: silentLog,
})
openSender(callOf(fleet))
// The test died before this process.
process.on('disconnect', () => process.exit(0))
