import { setTimeout as pause } from 'node:timers/promises'
import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, describe, expect, it } from 'vitest'
import { type Pairing, pairInstance } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

const simulator = await startSimulator({ timeScale: 0.05 })
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
        expect((await pairInstance(fleet, { name })).state).toBe('qr')
        for (const route of ['instance/connectionState', 'instance/connect/', 'instance/fetchInstances'])
          control.fault({ kind: 'delay', ms: (index * 64) % 700, match: { route, name } })
        const polls: Promise<Pairing>[] = []
        for (let turn = 0; turn < 12; turn++) {
          polls.push(pairInstance(fleet, { name }))
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

describe('a code that cannot be scanned any more', () => {
  it('is not handed out after the pairing it belonged to, while the new one is late', async () => {
    await addClosed('late')
    const first = await pairInstance(fleet, { name: 'late' })
    control.scan('late')
    await pairInstance(fleet, { name: 'late' })
    control.logoutFromPhone('late')
    control.delayQr(2_000)
    try {
      const second = await pairInstance(fleet, { name: 'late' })
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
  expect(await pairInstance(fleet, { name: 'kept' })).toMatchObject({ reason: 'qr_pending' })
  expect(control.calls({ route: 'instance/connect/', name: 'kept' })).toHaveLength(1)
})
