import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { callOf, createInstance, deleteInstance, FleetError } from '../../src/index.ts'
import { cuttableWire } from '../support/cuttable-wire.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution } = await testEvolution()
const { sql, url, another } = await testFleet({ evolution })
const { control } = simulator
/** A fleet whose connections to the database can be cut. */
const openFar = async () => {
  const wire = await cuttableWire(url)
  return { wire, fleet: await another({ databaseUrl: wire.url }) }
}

const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'ok',
    (error) => (error instanceof FleetError ? error.code : String(error)),
  )

const DELAY_MS = 1_500
/** The calls of Evolution at which the database goes down. */
const STEPS = {
  create: ['instance/fetchInstances', 'instance/create', 'instance/connect/'],
  delete: ['instance/fetchInstances', 'webhook/find', 'instance/delete'],
}
const CASES = Object.entries(STEPS).flatMap(([act, routes]) =>
  routes.map((route) => ({ act, route, name: `${act}-${route.replace(/\W/g, '')}` })),
)

it('the database lost at any step of a create or a delete: a typed error, and one more call makes both sides agree', async () => {
  await Promise.all(
    CASES.map(async (one) => {
      const { act, route, name } = one
      const far = await openFar()
      onTestFinished(() => far.wire.close())
      const run = (): Promise<string> =>
        codeOf(
          act === 'create'
            ? createInstance(callOf(far.fleet), { name })
            : deleteInstance(callOf(far.fleet), { name }),
        )
      if (act === 'delete') {
        await addInstances(sql, [name])
        control.addInstance({ name })
      }
      control.fault({ kind: 'delay', ms: DELAY_MS, match: { route, name }, times: 1 })
      const outcome = run()
      while (!control.calls({ name }).some((call) => call.path.startsWith(`/${route}`))) await pause(10)
      far.wire.cut()
      expect([name, await outcome]).toEqual([name, 'DATABASE_UNAVAILABLE'])
      await far.wire.mend()

      const before = await sidesOf(sql, simulator, one.name)
      if (one.act === 'create') expect([one.name, before.here]).toEqual([one.name, true])
      else if (!before.here) expect([one.name, before.leaving]).toEqual([one.name, true])
      // The leases that could not be given back expire.
      const again = await run()
      const isWhole = one.act === 'create' && before.there
      expect([one.name, again]).toEqual([one.name, isWhole ? 'CONFLICT' : 'ok'])
      const sides = await sidesOf(sql, simulator, one.name)
      expect([one.name, sides]).toEqual([one.name, one.act === 'create' ? BOTH : NEITHER])
    }),
  )
})
