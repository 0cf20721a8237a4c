import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  createInstance,
  getInstance,
  instanceHistory,
  reserve,
} from '../../src/index.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const simulator = await startSimulator({ timeScale: 0.01 })
const evolution = createEvolution({
  url: simulator.url,
  apiKey: simulator.apiKey,
  // Only a create hangs here.
  timeouts: { createMs: 4_000 },
})
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
const { fleet, sql } = await testFleet({ evolution })
const { control } = simulator

beforeEach(async () => {
  control.clearFaults()
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
})

describe('an instance that was deleted on Evolution by hand and is created again here', () => {
  it('starts anew: it is not chosen until its phone is paired', async () => {
    await addInstances(sql, ['a', 'b'])
    for (const name of ['a', 'b']) control.addInstance({ name })
    await checkAllInstances(callOf(fleet))
    control.removeInstance('a')
    const { instance } = await createInstance(callOf(fleet), { name: 'a' })
    expect(instance).toMatchObject({
      available: false,
      unavailableReason: expect.stringMatching(/^DIS|^CON/),
    })
    for (let n = 0; n < 4; n++)
      expect((await reserve(fleet, { strategy: 'round_robin' })).instanceName).toBe('b')
    await checkAllInstances(callOf(fleet))
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      status: 'connecting',
      statusReason: 'WAITING_FOR_SCAN',
    })
    const history = await instanceHistory(fleet, { name: 'a' })
    expect(history.map(({ to, reason }) => `${to} ${reason}`)).toContain('disconnected NEVER_CONNECTED')
  })

  it('is not chosen while Evolution hangs at the create either', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    control.removeInstance('a')
    control.fault({ kind: 'hang', match: { route: 'instance/create' } })
    await expect(createInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
    })
    await expect(reserve(fleet, {})).rejects.toMatchObject({ code: 'NO_CAPACITY' })
  })
})

describe('a create that Evolution does not answer', () => {
  it('reports that the number is registered here, and the call that it names completes it', async () => {
    const hang = control.fault({ kind: 'hang', match: { route: 'instance/create' } })
    await expect(createInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
      isRegistered: true,
      message: expect.stringMatching(/"a" is registered here.*Call create again/),
    })
    hang.remove()
    expect((await createInstance(callOf(fleet), { name: 'a' })).pairing.state).toBe('qr')
  })

  it('names the QR code as the next step where only that failed', async () => {
    control.fault({ kind: 'status', code: 500, match: { route: 'instance/connect/' } })
    await expect(createInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({
      isRegistered: true,
      message: expect.stringMatching(/"a" was created.*instance\.qrCode/),
    })
  })

  it('reports no registration where Evolution refused, and keeps none', async () => {
    control.fault({ kind: 'status', code: 400, match: { route: 'instance/create' } })
    await expect(createInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({ isRegistered: false })
    await expect(getInstance(fleet, { name: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
