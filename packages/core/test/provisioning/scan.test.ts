import { setTimeout as pause } from 'node:timers/promises'
import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, describe, expect, it } from 'vitest'
import { callOf, followPairing, type Pairing, pairInstance } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

// A code lives for 22 s: a slow machine scans it before the next one replaces it.
const simulator = await startSimulator({ timeScale: 0.5 })
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
const { fleet, sql } = await testFleet({ evolution })
const { control } = simulator

async function addClosed(name: string): Promise<void> {
  await addInstances(sql, [name], { status: 'disconnected' })
  control.addInstance({ name, state: 'close' })
}

const stateOf = (pairing: Pairing): string => (pairing.state === 'not_ready' ? pairing.reason : pairing.state)

describe('reading the QR code across a scan', () => {
  it('every 300 ms with up to 700 ms of latency never opens a second socket', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `scan-${index}`)
    await Promise.all(
      names.map(async (name, index) => {
        await addClosed(name)
        expect((await pairInstance(callOf(fleet), { name })).state).toBe('qr')
        for (const route of ['instance/connectionState', 'instance/connect/', 'instance/fetchInstances'])
          control.fault({ kind: 'delay', ms: (index * 64) % 700, match: { route, name } })
        const polls: Promise<Pairing>[] = []
        for (let turn = 0; turn < 12; turn++) {
          polls.push(pairInstance(callOf(fleet), { name }))
          if (turn === 3) control.scan(name, { restartMs: 1_000 })
          await pause(300)
        }
        const told = (await Promise.all(polls)).map(stateOf)
        expect(told.at(-1)).toBe('already_connected')
        expect(control.instance(name)).toMatchObject({ socketsOpened: 1, fighting: false, memory: 'open' })
      }),
    )
  })
})

describe('a code that another process has shown for a while', () => {
  it('is returned with the time that is left of it', async () => {
    await addInstances(sql, ['seen'], { status: 'disconnected' })
    control.addInstance({ name: 'seen', state: 'connecting' })
    control.setDatabase('seen', { updatedAt: new Date(Date.now() - 30_000).toISOString() })
    const pairing = await pairInstance(callOf(fleet), { name: 'seen' })
    const leftMs = Date.parse((pairing as { expiresAt: string }).expiresAt) - Date.now()
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(15_000)
  })
})

describe('following a pairing whose code was scanned', () => {
  it('waits for the opening as long as WhatsApp takes over its version request', async () => {
    await addClosed('slow')
    const told: string[] = []
    for await (const pairing of followPairing(callOf(fleet), { name: 'slow' }, AbortSignal.timeout(60_000))) {
      told.push(stateOf(pairing))
      if (told.length === 1) control.scan('slow', { restartMs: 7_000 })
    }
    // The state may be read just before the opening and the record just after it, which reads as a reconnection.
    expect(told.filter((one) => one !== 'reconnecting')).toEqual(['qr', 'already_connected'])
    expect(control.instance('slow')).toMatchObject({ socketsOpened: 1, fighting: false })
  })
})

describe('a code that cannot be scanned any more', () => {
  it('is not returned after the pairing it belonged to, while the new one is late', async () => {
    await addClosed('late')
    const first = await pairInstance(callOf(fleet), { name: 'late' })
    control.scan('late')
    await pairInstance(callOf(fleet), { name: 'late' })
    control.logoutFromPhone('late')
    control.delayQr(2_000)
    try {
      const second = await pairInstance(callOf(fleet), { name: 'late' })
      expect(second.state).toBe('qr')
      expect(second).not.toMatchObject({ code: (first as { code?: string }).code })
    } finally {
      control.delayQr(0)
    }
  })
})

it("an ended session that Evolution keeps, because another program's webhook fails, is logged in once", async () => {
  await addInstances(sql, ['kept'])
  control.addInstance({ name: 'kept', webhook: { url: 'http://127.0.0.1:9', events: ['LOGOUT_INSTANCE'] } })
  control.logoutFromPhone('kept')
  control.resetCalls()
  expect(await pairInstance(callOf(fleet), { name: 'kept' })).toMatchObject({ reason: 'qr_pending' })
  expect(control.calls({ route: 'instance/connect/', name: 'kept' })).toHaveLength(1)
})
