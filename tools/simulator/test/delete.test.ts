import { describe, expect, it } from 'vitest'
import { baileys, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const DELETED = { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } }

describe('delete', () => {
  it('without a webhook is completed a moment after its answer', async () => {
    const { call } = await openSimulator()
    await call('POST', '/instance/create', { body: baileys('w1') })
    expect((await call('DELETE', '/instance/delete/w1')).body).toEqual(DELETED)
    await soon(async () => (await call('GET', '/instance/connectionState/w1')).status).toBe(404)
    expect((await call('DELETE', '/instance/delete/w1')).status).toBe(404)
  })

  it('removes the state from memory first, and the row a moment later', async () => {
    const { call, control } = await openSimulator({ timeScale: 100 })
    control.addInstance({ name: 'w1', state: 'close' })
    await call('DELETE', '/instance/delete/w1')
    const state = await call('GET', '/instance/connectionState/w1')
    expect([state.status, state.body]).toEqual([200, { instance: { instanceName: 'w1' } }])
    await soon(async () => (await call('GET', '/instance/connectionState/w1')).status).toBe(404)
  })

  it('of an open instance sends instance.delete and remove.instance first, then the closing events', async () => {
    const { call, control } = await openSimulator({ timeScale: 1 })
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => receiver.got.length).toBe(5)
    const words = receiver.words()
    expect(words.slice(0, 2).sort()).toEqual(['instance.delete', 'remove.instance'])
    expect(words.slice(2).sort()).toEqual(['connection.update close', 'logout.instance', 'status.instance'])
  })

  it('fails a webhook that is set while the row is deleted', async () => {
    const { call, control } = await openSimulator({ timeScale: 100 })
    control.addInstance({ name: 'w1', state: 'close' })
    await call('DELETE', '/instance/delete/w1')
    const body = { webhook: { enabled: false, url: 'http://127.0.0.1:9', events: [] } }
    const answer = await call('POST', '/webhook/set/w1', { body })
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).toContain("(reading 'instanceId')")
  })

  it('during an outage leaves a socket, which makes QR codes once WhatsApp is reachable', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.whatsappOutage(true)
    expect((await call('DELETE', '/instance/delete/w1')).body).toEqual(DELETED)
    await soon(async () => (await call('GET', '/instance/connectionState/w1')).status).toBe(404)
    expect(control.orphans()).toEqual([{ name: 'w1', qrCount: 0 }])
    control.whatsappOutage(false)
    await soon(() => control.orphans()).toEqual([{ name: 'w1', qrCount: 1 }])
    expect((await call('GET', '/instance/fetchInstances')).body).toEqual([])
  })

  it('continues after ten failed attempts of its webhook', async () => {
    const { call, control } = await openSimulator()
    const receiver = await openReceiver(500)
    control.addInstance({
      name: 'w1',
      state: 'close',
      webhook: { url: receiver.url, events: ['REMOVE_INSTANCE'] },
    })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances()).toEqual([])
    expect(receiver.words()).toEqual(Array(10).fill('remove.instance'))
  })

  it('waits for its webhook while the receiver fails: the name stays taken, and further deletes answer 200', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.01 })
    const receiver = await openReceiver(503)
    control.addInstance({
      name: 'w1',
      state: 'close',
      webhook: { url: receiver.url, events: ['REMOVE_INSTANCE'] },
    })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => receiver.got.length).toBeGreaterThan(0)
    expect((await call('DELETE', '/instance/delete/w1')).body).toEqual(DELETED)
    expect((await call('POST', '/instance/create', { body: baileys('w1') })).status).toBe(403)
    receiver.status = 200
    await soon(() => control.instances()).toEqual([])
  })

  it('does not wait for a receiver that answers 404: the event is dropped', async () => {
    const { call, control } = await openSimulator({ timeScale: 1 })
    const receiver = await openReceiver(404)
    control.addInstance({
      name: 'w1',
      state: 'close',
      webhook: { url: receiver.url, events: ['REMOVE_INSTANCE'] },
    })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances()).toEqual([])
    expect(receiver.got).toHaveLength(1)
  })

  it('queued a second time deletes a new instance with the same name', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.02 })
    // Both deletes fail first; then one succeeds, and the other keeps failing.
    const receiver = await openReceiver((nth) => (nth === 3 ? 200 : 500))
    control.addInstance({
      name: 'w1',
      state: 'close',
      webhook: { url: receiver.url, events: ['REMOVE_INSTANCE'] },
    })
    await call('DELETE', '/instance/delete/w1')
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances()).toEqual([])
    expect((await call('POST', '/instance/create', { body: baileys('w1') })).status).toBe(201)
    expect(control.instance('w1').memory).toBe('close')
    receiver.status = 200
    await soon(() => control.instances()).toEqual([])
    expect(control.calls({ method: 'DELETE' })).toHaveLength(2)
  })

  it('is forgotten when Evolution restarts before its webhook was delivered', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.01 })
    const receiver = await openReceiver(500)
    control.addInstance({
      name: 'w1',
      state: 'close',
      webhook: { url: receiver.url, events: ['REMOVE_INSTANCE'] },
    })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => receiver.got.length).toBe(1)
    control.restartEvolution({ absentMs: 0 })
    receiver.status = 200
    await soon(() => control.instance('w1').qrCount).toBe(1)
    expect(receiver.got).toHaveLength(1)
  })
})
