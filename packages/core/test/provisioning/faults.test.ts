import { createEvolution } from '@zapfleet/evolution'
import type { Fault } from '@zapfleet/simulator'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  createInstance,
  deleteInstance,
  FLEET_ERROR_CODES,
  FleetError,
  pairInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution: patient } = await testEvolution()
// Short, and long enough that a busy machine does not count as a hang.
const evolution = createEvolution({
  url: simulator.url,
  apiKey: simulator.apiKey,
  timeouts: { connectionStateMs: 2_500, createMs: 2_500, connectMs: 2_500, otherMs: 2_500 },
})
afterAll(() => evolution.close())
const { fleet, sql } = await testFleet({ evolution })
const { control } = simulator

const html: Fault = { kind: 'html' }
const error200: Fault = { kind: 'status', code: 200, body: { error: true, message: '[object Object]' } }
/** The faults of any one call; once each, since a second call must succeed. */
const FAULTS: Record<string, Fault> = {
  'never answers': { kind: 'hang' },
  'resets the connection': { kind: 'reset' },
  'closes without a byte': { kind: 'down' },
  'says 500': { kind: 'status', code: 500 },
  'says 401': {
    kind: 'status',
    code: 401,
    body: { status: 401, error: 'Unauthorized', response: { message: 'Unauthorized' } },
  },
  'hides behind a proxy page': html,
  'answers in another shape': { kind: 'malformed' },
  'answers an error under 200': error200,
  'acts, and the answer is lost': { kind: 'answer_lost' },
  'acts, and the answer is cut': { kind: 'cut_body' },
  'acts, and the answer is half a JSON': { kind: 'truncated' },
  'acts, and the answer comes too late': { kind: 'slow_body', ms: 4_000 },
}

/** `ok`, or the code of a typed error; anything else is a defect. */
async function outcomeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
    return 'ok'
  } catch (error) {
    if (error instanceof FleetError && FLEET_ERROR_CODES.includes(error.code) && error.code !== 'UNEXPECTED')
      return error.code
    throw error
  }
}

const ROUTES = {
  create: ['instance/create', 'instance/fetchInstances', 'instance/connectionState', 'instance/connect/'],
  pair: ['instance/connect/', 'instance/connectionState', 'instance/fetchInstances'],
  delete: [
    'instance/delete',
    'webhook/find',
    'webhook/set',
    'instance/fetchInstances',
    'instance/connectionState',
  ],
}

/** On a busy machine Evolution or the database may miss the deadline of a call that no fault meets: the call is repeated. */
const REPEATS = 10
const MISSED = ['EVOLUTION_UNREACHABLE', 'DATABASE_UNAVAILABLE', 'not_ready']

async function createAgain(name: string) {
  for (let repeat = 1; ; repeat++) {
    const before = await sidesOf(sql, simulator, name)
    const outcome = await outcomeOf(createInstance(callOf(fleet), { name }))
    if (!MISSED.includes(outcome) || repeat === REPEATS) return { before, outcome }
  }
}

async function deleteAgain(name: string): Promise<string> {
  for (let repeat = 1; ; repeat++) {
    const outcome = await outcomeOf(deleteInstance(callOf(fleet), { name }))
    if (!MISSED.includes(outcome) || repeat === REPEATS) return outcome
  }
}

async function pairAgain(name: string): Promise<string> {
  for (let repeat = 1; ; repeat++) {
    let state = ''
    const outcome = await outcomeOf(
      pairInstance(callOf(fleet), { name }).then((pairing) => {
        state = pairing.state
      }),
    )
    const result = outcome === 'ok' ? state : outcome
    if (!MISSED.includes(result) || repeat === REPEATS) return result
  }
}

/** A name of its own for every case, so that they run in parallel. */
let cases = 0
/** `end` removes a fault that the first call did not meet, because a missed deadline ended it before. */
const arrange = (fault: Fault, route: string, name = `case-${++cases}`) => {
  const { remove: end } = control.fault({ ...fault, match: { route, name }, times: 1 })
  return { name, end }
}

describe.concurrent.each(Object.entries(FAULTS))(
  'when Evolution %s, once, at any of its calls',
  (_, fault) => {
    it('a create succeeds or ends typed, and the next call makes both sides complete', async () => {
      await Promise.all(
        ROUTES.create.map(async (route) => {
          const { name, end } = arrange(fault, route)
          const first = await outcomeOf(createInstance(callOf(fleet), { name }))
          end()
          const sides = await sidesOf(sql, simulator, name)
          if (first === 'ok') expect([route, sides]).toEqual([route, BOTH])
          // No instance exists that is not registered here, so none is lost.
          else expect([route, sides.there && !sides.here]).toEqual([route, false])
          const { before, outcome } = await createAgain(name)
          expect([route, outcome]).toEqual([route, before.here && before.there ? 'CONFLICT' : 'ok'])
          expect([route, await sidesOf(sql, simulator, name)]).toEqual([route, BOTH])
          expect(control.instances().filter((one) => one.name === name)).toHaveLength(1)
        }),
      )
    })

    it('pairing ends in a code, a typed reason or a typed error, and then in a code', async () => {
      await Promise.all(
        ROUTES.pair.map(async (route) => {
          const { name, end } = arrange(fault, route)
          await addInstances(sql, [name], { status: 'disconnected' })
          control.addInstance({ name, state: 'close' })
          const pairing = pairInstance(callOf(fleet), { name })
          await outcomeOf(pairing)
          const answer = await pairing.catch(() => null)
          end()
          if (answer) expect([route, ['qr', 'not_ready'].includes(answer.state)]).toEqual([route, true])
          expect([route, await pairAgain(name)]).toEqual([route, 'qr'])
        }),
      )
    })

    it('a delete succeeds or ends typed, and the next call leaves nothing on either side', async () => {
      await Promise.all(
        ROUTES.delete.map(async (route) => {
          const name = `case-${++cases}`
          await addInstances(sql, [name])
          control.addInstance({ name })
          await patient.setWebhook(name, { url: 'http://127.0.0.1:1/dead', events: ['REMOVE_INSTANCE'] })
          const { end } = arrange(fault, route, name)
          const first = await outcomeOf(deleteInstance(callOf(fleet), { name }))
          end()
          const sides = await sidesOf(sql, simulator, name)
          // Removed from both, or being removed with a stored note, or, after an error of Evolution, unchanged.
          if (first.startsWith('EVOLUTION_') && sides.there) expect([route, sides]).toEqual([route, BOTH])
          if (sides.there && !sides.here) expect([route, sides.leaving]).toEqual([route, true])
          if (sides.here || sides.leaving) expect([route, await deleteAgain(name)]).toEqual([route, 'ok'])
          expect([route, await sidesOf(sql, simulator, name)]).toEqual([route, NEITHER])
        }),
      )
    })
  },
)

const clear = async (): Promise<void> => {
  control.clearFaults()
  await control.outage(null)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
}

describe('when Evolution is down', () => {
  beforeEach(clear)

  it('before a create: typed, and a second call completes it', async () => {
    await control.outage('refuse')
    expect(await outcomeOf(createInstance(callOf(fleet), { name: 'a' }))).toBe('EVOLUTION_UNREACHABLE')
    await control.outage(null)
    expect(await outcomeOf(createInstance(callOf(fleet), { name: 'a' }))).toBe('ok')
    expect(await sidesOf(sql, simulator, 'a')).toEqual(BOTH)
  })

  it('from the middle of a create on: typed, and a second call returns the real state', async () => {
    control.fault({ kind: 'slow_body', ms: 60_000, match: { route: 'instance/create' }, times: 1 })
    control.fault({ kind: 'reset', match: { route: 'instance/fetchInstances' } })
    const creating = outcomeOf(createInstance(callOf(fleet), { name: 'a' }))
    expect(await creating).toBe('EVOLUTION_UNREACHABLE')
    control.clearFaults()
    expect(await outcomeOf(createInstance(callOf(fleet), { name: 'a' }))).toMatch(/^(ok|CONFLICT)$/)
    expect(await sidesOf(sql, simulator, 'a')).toEqual(BOTH)
  })

  it('after a create: the next rounds report it and lose nothing', async () => {
    await createInstance(callOf(fleet), { name: 'a' })
    control.scan('a')
    await checkInstance(callOf(fleet), { name: 'a' })
    await control.outage('refuse')
    await checkAllInstances(callOf(fleet))
    expect((await checkAllInstances(callOf(fleet)))[0]).toMatchObject({ name: 'a', status: 'unknown' })
    await control.outage(null)
    expect((await checkAllInstances(callOf(fleet)))[0]).toMatchObject({ name: 'a', status: 'connected' })
  })
})

it('a create whose instance another program deletes at the same moment is reported, and a second call completes it', async () => {
  await clear()
  const made = { instance: { instanceName: 'a', instanceId: 'x', status: 'close' }, hash: 'x' }
  control.fault({ kind: 'status', code: 201, body: made, match: { route: 'instance/create' }, times: 1 })
  expect(await outcomeOf(createInstance(callOf(fleet), { name: 'a' }))).toBe('EVOLUTION_REFUSED')
  expect(await outcomeOf(createInstance(callOf(fleet), { name: 'a' }))).toBe('ok')
  expect(await sidesOf(sql, simulator, 'a')).toEqual(BOTH)
})
