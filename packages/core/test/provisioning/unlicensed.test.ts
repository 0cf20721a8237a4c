import { beforeEach, expect, it } from 'vitest'
import {
  callOf,
  checkInstance,
  createInstance,
  deleteInstance,
  FleetError,
  followPairing,
  importInstances,
  logoutInstance,
  pairInstance,
  restartInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const { fleet, sql } = await testFleet({ evolution })
const call = callOf(fleet)

beforeEach(async () => {
  control.unlicensed(false)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
  await addInstances(sql, ['open', 'half-made'], { status: 'disconnected' })
  control.addInstance({ name: 'open' })
  await checkInstance(call, { name: 'open' })
  control.unlicensed(true)
  control.resetCalls()
})

it.each<[string, () => Promise<unknown>, number]>([
  ['create', () => createInstance(call, { name: 'new' }), 1],
  ['create, continued', () => createInstance(call, { name: 'half-made' }), 1],
  ['pair', () => pairInstance(call, { name: 'open' }), 1],
  ['follow a pairing', () => followPairing(call, { name: 'open' }, new AbortController().signal).next(), 1],
  ['restart', () => restartInstance(call, { name: 'open' }), 1],
  ['log out', () => logoutInstance(call, { name: 'open' }), 1],
  ['delete', () => deleteInstance(call, { name: 'open' }), 1],
  ['import', () => importInstances(call, {}), 1],
])(
  '%s refuses after one call, names where the licence is activated, and changes nothing',
  async (_act, act, calls) => {
    const error = await act().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(FleetError)
    expect(error).toMatchObject({ code: 'EVOLUTION_REFUSED', nextStep: 'activate_licence' })
    const { host } = new URL(simulator.url)
    expect((error as FleetError).message).toMatch(/^The licence of Evolution is not activated/)
    expect((error as FleetError).message).toContain(`manager of Evolution (${host})`)
    expect(control.calls()).toHaveLength(calls)
    control.unlicensed(false)
    expect(await sidesOf(sql, simulator, 'open')).toEqual(BOTH)
    expect(await sidesOf(sql, simulator, 'new')).toEqual(NEITHER)
    expect(await sql('select status from whatsapp_instances where nome = $1', ['open'])).toEqual([
      { status: 'connected' },
    ])
  },
)

it('completes the refused act after the activation', async () => {
  await createInstance(call, { name: 'new' }).catch(() => {})
  control.unlicensed(false)
  expect((await createInstance(call, { name: 'new' })).pairing).toMatchObject({ state: 'qr' })
  expect(await deleteInstance(call, { name: 'open' })).toEqual({ name: 'open', verified: true })
})
