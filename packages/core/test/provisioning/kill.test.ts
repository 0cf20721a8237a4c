import { setTimeout as pause } from 'node:timers/promises'
import type { FaultKind } from '@zapfleet/simulator'
import { beforeEach, expect, it } from 'vitest'
import { callOf, createInstance, deleteInstance, FleetError, finishRemovals } from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'
import { type Provisioner, startProvisioner } from './start-provisioner.ts'

const { simulator, evolution } = await testEvolution()
const { fleet, sql, url } = await testFleet({ evolution })
const { control } = simulator

beforeEach(async () => {
  control.clearFaults()
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
  control.resetCalls()
})

/** Stops before Evolution acts, or after it acted and before its answer is complete. */
const BEFORE: FaultKind = { kind: 'hang' }
const AFTER: FaultKind = { kind: 'slow_body', ms: 600_000 }

/**
 * A step: the call at which the process dies (the first, or after `passed` of the same kind), and on which side of
 * the act.
 */
type Step = { route: string; passed?: number; fault: FaultKind }

const CREATE: Record<string, Step> = {
  'create-row': { route: 'instance/fetchInstances', fault: BEFORE },
  'create-looked': { route: 'instance/connectionState', fault: BEFORE },
  'create-asked': { route: 'instance/create', fault: BEFORE },
  'create-made': { route: 'instance/create', fault: AFTER },
  'create-verifying': { route: 'instance/fetchInstances', passed: 1, fault: BEFORE },
  'create-pairing': { route: 'instance/connect/', fault: BEFORE },
  'create-paired': { route: 'instance/connect/', fault: AFTER },
}

const DELETE: Record<string, Step> = {
  'delete-looking': { route: 'instance/fetchInstances', fault: BEFORE },
  'delete-noted': { route: 'webhook/find', fault: BEFORE },
  'delete-webhook': { route: 'webhook/set', fault: BEFORE },
  'delete-webhook-off': { route: 'webhook/set', fault: AFTER },
  'delete-asked': { route: 'instance/delete', fault: BEFORE },
  'delete-queued': { route: 'instance/delete', fault: AFTER },
  'delete-verifying': { route: 'instance/fetchInstances', passed: 1, fault: BEFORE },
}

const arrangeDeath = (name: string, { route, passed = 0, fault }: Step): void => {
  if (passed > 0) control.fault({ kind: 'delay', ms: 0, match: { route, name }, times: passed })
  control.fault({ ...fault, match: { route, name } })
}

/** Waits until every process that will be killed has reached its step. */
async function untilAllStand(steps: Record<string, Step>): Promise<void> {
  for (const [name, { route, passed = 0 }] of Object.entries(steps)) {
    const reached = (): number =>
      control.calls({ name }).filter((call) => call.path.startsWith(`/${route}`)).length
    while (reached() <= passed) await pause(10)
  }
  await pause(100)
}

it('killed at any step of a create or a delete, one more call or round makes both sides agree', async () => {
  const doomed = await startProvisioner(url, simulator.url, simulator.apiKey)
  for (const name of Object.keys(DELETE)) {
    await addInstances(sql, [name])
    control.addInstance({ name })
    await evolution.setWebhook(name, { url: 'http://127.0.0.1:1/dead', events: ['REMOVE_INSTANCE'] })
  }
  control.resetCalls()
  for (const [name, step] of Object.entries({ ...CREATE, ...DELETE })) arrangeDeath(name, step)
  doomed
    .run([
      ...Object.keys(CREATE).map((name) => ({ act: 'create' as const, name })),
      ...Object.keys(DELETE).map((name) => ({ act: 'delete' as const, name })),
    ])
    .catch(() => {})
  await untilAllStand({ ...CREATE, ...DELETE })
  await doomed.kill()
  control.clearFaults()

  // Its leases exclude others for ten seconds at most; then every name is completed by one call.
  const creates = await Promise.all(
    Object.keys(CREATE).map(async (name) => {
      const before = await sidesOf(sql, simulator, name)
      const outcome = await createInstance(callOf(fleet), { name }).then(
        () => 'ok',
        (error) => (error instanceof FleetError ? error.code : String(error)),
      )
      return { name, before, outcome, after: await sidesOf(sql, simulator, name) }
    }),
  )
  for (const { name, before, outcome, after } of creates) {
    expect(before.here, name).toBe(true)
    expect([name, outcome]).toEqual([name, before.there ? 'CONFLICT' : 'ok'])
    expect([name, after]).toEqual([name, BOTH])
  }
  // Half of the steps are in these calls.
  expect(creates.filter(({ before }) => before.there).length).toBeGreaterThanOrEqual(3)
  expect(creates.filter(({ before }) => !before.there).length).toBeGreaterThanOrEqual(3)

  // Deletes: some by one more call, the others by a round.
  const [looking = '', ...others] = Object.keys(DELETE)
  expect(await sidesOf(sql, simulator, looking)).toEqual(BOTH)
  await deleteInstance(callOf(fleet), { name: looking })
  expect(await sidesOf(sql, simulator, looking)).toEqual(NEITHER)
  for (const name of others)
    expect([name, (await sidesOf(sql, simulator, name)).leaving]).toEqual([name, true])
  const [again = '', ...byRound] = others
  expect(await deleteInstance(callOf(fleet), { name: again })).toEqual({ name: again, verified: true })
  await sql(`update zapfleet.removals set asked_at = now() - interval '1 minute'`)
  expect(await finishRemovals(callOf(fleet))).toBe(byRound.length)
  for (const name of others) expect([name, await sidesOf(sql, simulator, name)]).toEqual([name, NEITHER])
})

it('ten creates of one name from two processes make one instance on both sides and nine typed errors', async () => {
  const provisioners = await Promise.all(
    [0, 1].map(() => startProvisioner(url, simulator.url, simulator.apiKey)),
  )
  // A create that waits longer than the database allows is refused with that, and made again.
  const create = async (one: Provisioner, times: number): Promise<string[]> => {
    const orders = Array.from({ length: times }, () => ({ act: 'create' as const, name: 'one' }))
    const answers = (await one.run(orders)).filter((code) => code !== 'DATABASE_UNAVAILABLE')
    return answers.length === times ? answers : [...answers, ...(await create(one, times - answers.length))]
  }
  const outcomes = (await Promise.all(provisioners.map((one) => create(one, 5)))).flat()
  expect(outcomes.sort()).toEqual([...Array.from({ length: 9 }, () => 'CONFLICT'), 'ok'])
  expect(await sidesOf(sql, simulator, 'one')).toEqual(BOTH)
  const created = control.calls({ name: 'one' }).filter((call) => call.path.startsWith('/instance/create'))
  expect(created).toHaveLength(1)
})
