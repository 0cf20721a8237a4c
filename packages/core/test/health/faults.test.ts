import { createEvolution } from '@zapfleet/evolution'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { callOf, checkAllInstances, checkInstance, getInstance, reserve } from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, eventsOf, statuses } from './rounds.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const { fleet, sql, another } = await testFleet({ evolution })

/** Connected numbers, here and on Evolution. */
const connect = async (...names: string[]): Promise<void> => {
  await addInstances(sql, names)
  for (const name of names) control.addInstance({ name })
}

beforeEach(async () => {
  control.clearFaults()
  await control.outage(null)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
})

describe('faults of Evolution', () => {
  it('distinguishes numbers that are down from answers without a state, one by one', async () => {
    const names = [
      'well',
      'html',
      'page',
      'half',
      'shape',
      'error',
      'reset',
      'cut',
      'hang',
      'word',
      'absent',
      'old',
      'oldest',
      'gone',
      'dead',
      'lost',
    ]
    await connect(...names)
    const route = '/instance/connectionState'
    control.fault({ kind: 'html', match: { route, name: 'html' } })
    control.fault({ kind: 'html', code: 200, match: { route, name: 'page' } })
    control.fault({ kind: 'truncated', match: { route, name: 'half' } })
    control.fault({ kind: 'malformed', match: { route, name: 'shape' } })
    control.fault({ kind: 'status', code: 500, match: { route, name: 'error' } })
    control.fault({ kind: 'reset', match: { route, name: 'reset' } })
    control.fault({ kind: 'cut_body', match: { route, name: 'cut' } })
    control.fault({ kind: 'hang', match: { route, name: 'hang' }, times: 1 })
    control.fault({ kind: 'v1', match: { name: 'old' } })
    control.fault({ kind: 'v1', flat: true, match: { name: 'oldest' } })
    control.setMemory('word', 'hibernating')
    control.setMemory('absent', null)
    control.removeInstance('gone')
    // Evolution's database still reads open.
    control.setMemory('dead', 'close')
    control.setMemory('lost', 'connecting')

    await checkAllInstances(callOf(fleet))
    const down = {
      gone: 'disconnected NOT_ON_EVOLUTION',
      dead: 'disconnected RECONNECTING',
      lost: 'connecting RECONNECTING',
    }
    expect(await statuses(sql)).toEqual({
      ...Object.fromEntries(names.map((name) => [name, 'connected null'])),
      ...down,
    })

    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual({
      ...Object.fromEntries(['well', 'hang', 'old', 'oldest'].map((name) => [name, 'connected null'])),
      ...Object.fromEntries(['html', 'reset', 'cut'].map((name) => [name, 'unknown EVOLUTION_UNREACHABLE'])),
      ...Object.fromEntries(
        ['page', 'half', 'shape', 'error', 'word', 'absent'].map((name) => [
          name,
          'unknown EVOLUTION_UNCLEAR',
        ]),
      ),
      ...down,
    })
    expect((await getInstance(fleet, { name: 'html' })).action).toMatch(/does not answer/)
  })

  it('reports a wrong key as such, and disconnects nothing because of it', async () => {
    await connect('a', 'b')
    const stranger = createEvolution({ url: simulator.url, apiKey: 'not-the-key' })
    const locked = await another({ evolution: stranger })
    await checkAllInstances(callOf(locked))
    expect(await statuses(sql)).toEqual({ a: 'connected null', b: 'connected null' })
    await checkAllInstances(callOf(locked))
    await stranger.close()
    expect(await statuses(sql)).toEqual({
      a: 'unknown EVOLUTION_REFUSES_KEY',
      b: 'unknown EVOLUTION_REFUSES_KEY',
    })
    expect((await getInstance(fleet, { name: 'a' })).action).toContain('EVOLUTION_API_KEY')
  })

  it('reports nothing disconnected while Evolution restarts', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    await connect(...names)
    await checkAllInstances(callOf(fleet))
    control.restartEvolution({ absentMs: 2_000 })
    // Two rounds without a state would otherwise mean unknown.
    await checkAllInstances(callOf(fleet))
    await checkAllInstances(callOf(fleet))
    await vi.waitFor(
      () => {
        for (const name of names) expect(control.instance(name).memory).toBe('open')
      },
      { timeout: 60_000, interval: 20 },
    )
    await checkAllInstances(callOf(fleet))
    expect(Object.values(await statuses(sql))).toEqual(names.map(() => 'connected null'))
    expect(await eventsOf(sql)).toEqual([])
  })

  it('recognises a ban during a reconnect loop, and a QR code that Evolution stopped renewing', async () => {
    await connect('loop')
    control.addInstance({ name: 'screen', state: 'connecting' })
    await addInstances(sql, ['screen'], { status: 'disconnected' })
    control.drop('loop')
    await checkAllInstances(callOf(fleet))
    expect((await statuses(sql)).screen).toBe('connecting WAITING_FOR_SCAN')
    control.ban('loop', 406)
    control.setMemory('screen', 'close')
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual({ loop: 'banned BANNED', screen: 'disconnected QR_LIMIT_REACHED' })
  })

  it('ignores an old ban after the number was paired again', async () => {
    await connect('back')
    control.setDatabase('back', {
      connectionStatus: 'close',
      disconnectionReasonCode: 403,
      disconnectionAt: new Date(Date.now() - 86_400_000).toISOString(),
    })
    await checkAllInstances(callOf(fleet))
    control.setMemory('back', 'close')
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual({ back: 'disconnected CLOSED' })
  })
})

describe('contacts of a number', () => {
  it('move with their next message when it disconnects or is banned, and not for an interruption of 0.3 s', async () => {
    await connect('a', 'b', 'c')
    await checkAllInstances(callOf(fleet))
    const first = await reserve(fleet, { contactId: 'maria' })
    control.blip(first.instanceName, 300)
    await checkInstance(callOf(fleet), { name: first.instanceName })
    expect(await reserve(fleet, { contactId: 'maria' })).toMatchObject({
      instanceName: first.instanceName,
      preference: 'kept',
    })

    control.setMemory(first.instanceName, 'connecting')
    await checkInstance(callOf(fleet), { name: first.instanceName })
    const second = await reserve(fleet, { contactId: 'maria' })
    expect(second.preference).toBe('moved')

    control.ban(second.instanceName)
    await checkInstance(callOf(fleet), { name: second.instanceName })
    const third = await reserve(fleet, { contactId: 'maria' })
    expect(third.preference).toBe('moved')
    expect(new Set([first.instanceName, second.instanceName, third.instanceName]).size).toBe(3)
  })
})

describe('a number that disconnects each second', () => {
  it('has the reason FLAPPING', async () => {
    await connect('a')
    await checkAllInstances(callOf(fleet))
    const calm = control.flap('a', 1_000)
    let status = ''
    for (let round = 0; round < 2_000 && !status.endsWith('FLAPPING'); round++) {
      await checkInstance(callOf(fleet), { name: 'a' })
      status = (await statuses(sql)).a ?? ''
    }
    calm()
    expect(status).toMatch(/^(connected|connecting|disconnected) FLAPPING$/)
    expect((await getInstance(fleet, { name: 'a' })).action).toMatch(/again and again/)
  })
})
