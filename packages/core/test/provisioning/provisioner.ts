import { createEvolution } from '@zapfleet/evolution'
import { callOf, createInstance, deleteInstance, FleetError, openFleet, silentLog } from '../../src/index.ts'

/** The orders of a provisioner, all at once. */
export type Orders = { act: 'create' | 'delete'; name: string }[]

/** The result of each: `ok` or the code of its error. */
export type Outcomes = string[]

// The process ends when the test process dies.
process.on('disconnect', () => process.exit(0))

const [, , databaseUrl = '', url = '', apiKey = '', publicUrl = ''] = process.argv
const fleet = await openFleet({
  databaseUrl,
  timeZone: 'America/Sao_Paulo',
  evolution: createEvolution({ url, apiKey }),
  log: silentLog,
  publicUrl: publicUrl || null,
})

process.on('message', async (orders: Orders) => {
  const outcomes: Outcomes = await Promise.all(
    orders.map(({ act, name }) =>
      (act === 'create'
        ? createInstance(callOf(fleet), { name })
        : deleteInstance(callOf(fleet), { name })
      ).then(
        () => 'ok',
        (error) => (error instanceof FleetError ? error.code : String(error)),
      ),
    ),
  )
  process.send?.(outcomes)
})
process.send?.('ready')
