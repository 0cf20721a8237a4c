import { describe, expect, it } from 'vitest'
import type { Fault } from '../src/index.ts'
import { baileys, openSimulator, soon } from './open-simulator.ts'

const STATE = '/instance/connectionState/w1'

async function simulatorWith(fault: Fault) {
  const simulator = await openSimulator()
  simulator.control.addInstance({ name: 'w1' })
  simulator.control.fault(fault)
  return simulator
}

describe('a fault', () => {
  it('hang never answers', async () => {
    const { call } = await simulatorWith({ kind: 'hang' })
    await expect(call('GET', STATE, { timeoutMs: 80 })).rejects.toThrow(/timeout|aborted/i)
  })

  it.each(['reset', 'down'] as const)('%s breaks the connection', async (kind) => {
    const { call } = await simulatorWith({ kind, times: 2 })
    await expect(call('GET', STATE)).rejects.toThrow('fetch failed')
  })

  it("status answers another status, with Evolution's envelope or a given body", async () => {
    const { call, control } = await simulatorWith({ kind: 'status', code: 503, times: 1 })
    const answer = await call('GET', STATE)
    expect([answer.status, answer.body.status]).toEqual([503, 503])
    control.fault({ kind: 'status', code: 200, body: { error: true } })
    expect((await call('GET', STATE)).body).toEqual({ error: true })
  })

  it('html answers the page of a proxy', async () => {
    const { call } = await simulatorWith({ kind: 'html' })
    const answer = await call('GET', STATE)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(answer.body).toContain('Bad Gateway')
  })

  it('delay answers late and correctly', async () => {
    const { call } = await simulatorWith({ kind: 'delay', ms: 60 })
    const answer = await call('GET', STATE)
    expect(answer.tookMs).toBeGreaterThan(55)
    expect(answer.body.instance.state).toBe('open')
  })

  it('malformed is JSON of a wrong shape', async () => {
    const { call } = await simulatorWith({ kind: 'malformed', body: [] })
    expect((await call('GET', STATE)).body).toEqual([])
  })

  it('truncated ends the JSON in the middle', async () => {
    const { call } = await simulatorWith({ kind: 'truncated' })
    await expect(call('GET', STATE)).rejects.toThrow(SyntaxError)
  })

  it('cut_body breaks the connection in the middle of the body', async () => {
    const { call } = await simulatorWith({ kind: 'cut_body' })
    await expect(call('GET', STATE)).rejects.toThrow('terminated')
  })

  it('slow_body sends the second half later', async () => {
    const { call } = await simulatorWith({ kind: 'slow_body', ms: 60 })
    const answer = await call('GET', STATE)
    expect(answer.tookMs).toBeGreaterThan(55)
    expect(answer.body.instance.state).toBe('open')
  })

  it('answer_lost acts, and then the connection is reset', async () => {
    const { call, control } = await simulatorWith({
      kind: 'answer_lost',
      match: { route: 'instance/create' },
    })
    await expect(call('POST', '/instance/create', { body: baileys('w2') })).rejects.toThrow('fetch failed')
    expect(control.instance('w2').memory).toBe('close')
  })

  it('v1 answers connectionState, fetchInstances and create in the shapes of version 1', async () => {
    const { call, control } = await simulatorWith({ kind: 'v1' })
    expect((await call('GET', STATE)).body).toEqual({ instance: { instanceName: 'w1', state: 'open' } })
    const all = (await call('GET', '/instance/fetchInstances')).body
    expect(all[0].instance).toMatchObject({ instanceName: 'w1', status: 'open' })
    const one = (await call('GET', '/instance/fetchInstances?instanceName=w1')).body
    expect(one.instance.instanceName).toBe('w1')
    const created = (await call('POST', '/instance/create', { body: baileys('w2') })).body
    expect([created.instance.status, typeof created.hash.apikey]).toEqual(['created', 'string'])
    control.clearFaults()
    control.fault({ kind: 'v1', flat: true })
    expect((await call('GET', STATE)).body).toEqual({ state: 'open', statusReason: 200 })
  })

  it('applies only to matching requests, `times` times, and ends when removed', async () => {
    const { call, control } = await openSimulator()
    for (const name of ['w1', 'w2']) control.addInstance({ name })
    const matched = { kind: 'status', code: 500 } as const
    control.fault({
      ...matched,
      match: { method: 'get', route: '/instance/connectionState', name: 'w1' },
      times: 2,
    })
    const statusOf = async (name: string) => (await call('GET', `/instance/connectionState/${name}`)).status
    expect([await statusOf('w2'), await statusOf('w1'), await statusOf('w1'), await statusOf('w1')]).toEqual([
      200, 500, 500, 200,
    ])
    const always = control.fault({ ...matched, match: { name: 'w2' } })
    expect(await statusOf('w2')).toBe(500)
    always.remove()
    expect(await statusOf('w2')).toBe(200)
    control.fault({ ...matched, match: { name: 'w3' } })
    expect((await call('POST', '/instance/create', { body: baileys('w3') })).status).toBe(500)
  })
})

describe('an outage of the server', () => {
  it('refuses connections, and then serves again on the same port', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    await call('GET', STATE)
    await control.outage('refuse')
    await expect(call('GET', STATE)).rejects.toThrow('fetch failed')
    await control.outage(null)
    expect((await call('GET', STATE)).status).toBe(200)
  })

  it('accepts and never answers, except the control', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    await control.outage('hang', { forMs: 400 })
    await expect(call('GET', STATE, { timeoutMs: 80 })).rejects.toThrow(/timeout|aborted/i)
    expect((await call('GET', '/__simulator')).status).toBe(200)
    await soon(async () => (await call('GET', STATE, { timeoutMs: 500 }).catch(() => null))?.status).toBe(200)
  })

  it('allows the simulator to close while it refuses connections', async () => {
    const { control, close } = await openSimulator()
    await control.outage('refuse')
    await close()
    await control.outage(null)
    expect(control.instances()).toEqual([])
  })
})

describe('close', () => {
  it('ends at once with hanging requests, sleeping creates, retrying webhooks and idle connections', async () => {
    // A create sleeps 5,000 s, and no client gives up: only the close ends these calls.
    const { call, control, close } = await openSimulator({ timeScale: 1_000 })
    control.addInstance({ name: 'w1', webhook: { url: 'http://127.0.0.1:1/', events: [] } })
    await call('GET', STATE)
    control.emitEvent('w1', 'CALL', null)
    control.fault({ kind: 'hang', match: { name: 'w1' } })
    control.drop('w1')
    const stuck = [
      call('GET', STATE, { timeoutMs: 600_000 }),
      call('POST', '/instance/create', { body: baileys('w2', { qrcode: true }), timeoutMs: 600_000 }),
    ].map((one) => one.catch(() => 'broken'))
    await soon(() => control.calls().length).toBe(3)
    await close()
    expect(await Promise.all(stuck)).toEqual(['broken', 'broken'])
    await close()
  })
})
