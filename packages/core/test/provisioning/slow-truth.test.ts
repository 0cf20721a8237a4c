import { describe, expect, it } from 'vitest'
import {
  callOf,
  createInstance,
  deleteInstance,
  finishRemovals,
  followPairing,
  getInstance,
  restartInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution } = await testEvolution()
const { fleet, sql } = await testFleet({ evolution })
const { control } = simulator

// Each waits for seconds, so they run in parallel.
describe.concurrent('slow acts of Evolution', () => {
  it('a delete is not verified while Evolution is busy; the name stays taken, and a round completes it', async () => {
    await addInstances(sql, ['slow'])
    control.addInstance({ name: 'slow' })
    // Evolution accepts the call and does nothing.
    const yes = { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } }
    const lie = control.fault({
      kind: 'status',
      code: 200,
      body: yes,
      match: { route: 'instance/delete', name: 'slow' },
    })
    expect(await deleteInstance(callOf(fleet), { name: 'slow' })).toEqual({ name: 'slow', verified: false })
    await expect(getInstance(fleet, { name: 'slow' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await finishRemovals(callOf(fleet))).toBe(0)
    await sql(
      `update zapfleet.removals set asked_at = now() - interval '1 minute' where instance_name = 'slow'`,
    )
    lie.remove()
    expect(await finishRemovals(callOf(fleet))).toBe(1)
    expect(await sidesOf(sql, simulator, 'slow')).toEqual(NEITHER)
    expect((await createInstance(callOf(fleet), { name: 'slow' })).pairing.state).toBe('qr')
  })

  it('a restart is not verified when the connection does not come back', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    control.fault({
      kind: 'status',
      code: 200,
      body: { instance: { instanceName: 'a', state: 'open' } },
      match: { route: 'instance/restart', name: 'a' },
    })
    const answer = restartInstance(callOf(fleet), { name: 'a' })
    await expect.poll(() => control.calls({ route: '/instance/restart', name: 'a' }).length).toBe(1)
    control.drop('a', { forMs: 60_000 })
    expect(await answer).toEqual({ name: 'a', verified: false })
  })

  it('following a pairing ends when no code was scanned in time, and does not connect again', async () => {
    await createInstance(callOf(fleet), { name: 'unseen' })
    const told: string[] = []
    for await (const pairing of followPairing(
      callOf(fleet),
      { name: 'unseen' },
      AbortSignal.timeout(60_000),
    )) {
      told.push(pairing.state === 'not_ready' ? pairing.reason : pairing.state)
      if (told.length === 1)
        while (control.instance('unseen')?.memory === 'connecting') control.expireQr('unseen')
    }
    expect(told.at(-1)).toBe('qr_limit_reached')
    expect(control.instance('unseen')).toMatchObject({ memory: 'close' })
  })
})
