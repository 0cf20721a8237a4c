import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { callOf, createInstance, deleteInstance, FleetError } from '../../src/index.ts'
import { cuttableWire } from '../support/cuttable-wire.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution } = await testEvolution()
const { sql, url, another } = await testFleet({ evolution })
const { control } = simulator
const wire = await cuttableWire(url)
afterAll(() => wire.close())
const far = await another({ databaseUrl: wire.url })

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
  const run = ({ act, name }: (typeof CASES)[number]): Promise<string> =>
    codeOf(act === 'create' ? createInstance(callOf(far), { name }) : deleteInstance(callOf(far), { name }))
  for (const { act, route, name } of CASES) {
    if (act === 'delete') {
      await addInstances(sql, [name])
      control.addInstance({ name })
    }
    control.fault({ kind: 'delay', ms: DELAY_MS, match: { route, name }, times: 1 })
  }
  control.resetCalls()
  const outcomes = CASES.map(run)
  for (const { route, name } of CASES)
    while (!control.calls({ name }).some((call) => call.path.startsWith(`/${route}`))) await pause(10)
  wire.cut()
  expect(await Promise.all(outcomes)).toEqual(CASES.map(() => 'DATABASE_UNAVAILABLE'))
  await wire.mend()

  await Promise.all(
    CASES.map(async (one) => {
      const before = await sidesOf(sql, simulator, one.name)
      if (one.act === 'create') expect([one.name, before.here]).toEqual([one.name, true])
      else if (!before.here) expect([one.name, before.leaving]).toEqual([one.name, true])
      // The leases that could not be given back expire.
      const again = await run(one)
      const isWhole = one.act === 'create' && before.there
      expect([one.name, again]).toEqual([one.name, isWhole ? 'CONFLICT' : 'ok'])
      const sides = await sidesOf(sql, simulator, one.name)
      expect([one.name, sides]).toEqual([one.name, one.act === 'create' ? BOTH : NEITHER])
    }),
  )
})
