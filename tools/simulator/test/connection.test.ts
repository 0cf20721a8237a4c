import { describe, expect, it } from 'vitest'
import { type Json, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const everything = (url: string) => ({ url, events: [] as string[] })

describe('a lost connection', () => {
  it('flaps in memory, stays open in the database, and sends only "connecting" webhooks', async () => {
    const { control } = await openSimulator()
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: everything(receiver.url) })
    control.drop('w1')
    expect(control.instance('w1').memory).toBe('close')
    await soon(() => receiver.got.length).toBeGreaterThanOrEqual(2)
    expect(new Set(receiver.words())).toEqual(new Set(['connection.update connecting']))
    expect(receiver.got[0]?.body.data).toEqual({ instance: 'w1', state: 'connecting', statusReason: 200 })
    expect(control.instance('w1').database).toMatchObject({
      connectionStatus: 'open',
      disconnectionReasonCode: null,
    })
    control.recover('w1')
    expect(control.instance('w1').memory).toBe('open')
    await soon(() => receiver.words()).toContain('connection.update open')
  })

  it('returns after the given time', async () => {
    const { control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.drop('w1', { forMs: 20 })
    expect(control.instance('w1').memory).toBe('close')
    await soon(() => control.instance('w1').memory).toBe('open')
  })

  it('stays lost when it is dropped again, also past the end of the first loss', async () => {
    const { control } = await openSimulator()
    for (const name of ['w1', 'w2']) control.addInstance({ name })
    control.drop('w1', { forMs: 40 })
    control.recover('w1')
    control.drop('w1')
    // The later and longer drop counts: the end of the first one changes nothing.
    control.drop('w2', { forMs: 80 })
    await soon(() => control.instance('w2').memory).toBe('open')
    expect(control.instance('w1').memory).not.toBe('open')
  })

  it('of every instance is an outage of WhatsApp; a connection that was also dropped stays lost afterwards', async () => {
    const { call, control } = await openSimulator()
    for (const name of ['w1', 'w2']) control.addInstance({ name })
    control.addInstance({ name: 'never', state: 'close' })
    control.drop('w2')
    control.whatsappOutage(true)
    const rows = (await call('GET', '/instance/fetchInstances')).body
    expect(rows.map((row: Json) => row.connectionStatus).sort()).toEqual(['close', 'open', 'open'])
    expect(control.instance('w1').memory).not.toBe('open')
    expect(control.instance('never').memory).toBe('close')
    control.whatsappOutage(false)
    expect(control.instance('w1').memory).toBe('open')
    expect(control.instance('w2').memory).not.toBe('open')
  })

  it('in an outage with many instances delays each answer by 1.4 to 4.9 s, scaled', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.1 })
    control.addInstance({ name: 'w1' })
    control.whatsappOutage(true, { slow: true })
    expect((await call('GET', '/instance/connectionState/w1')).tookMs).toBeGreaterThanOrEqual(139)
    control.whatsappOutage(false)
    control.resetCalls()
    expect((await call('GET', '/instance/connectionState/w1')).status).toBe(200)
  })

  it('cannot be lost when it is not open, and the error names what to do', async () => {
    const { control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close' })
    for (const lose of [
      () => control.drop('w1'),
      () => control.blip('w1', 10),
      () => control.flap('w1', 10),
    ]) {
      expect(lose).toThrow(/connection to \w+: it is close. Connect it first/)
    }
    expect(control.instance('w1')).toMatchObject({ memory: 'close', paired: false })
  })

  it('flaps at the given rate until it is recovered', async () => {
    const { control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const isOpen = () => control.instance('w1').memory === 'open'
    control.flap('w1', 30)
    expect(isOpen()).toBe(false)
    await soon(isOpen).toBe(true)
    await soon(isOpen).toBe(false)
    control.recover('w1')
    expect(isOpen()).toBe(true)
  })
})

describe('a connection that ends for good', () => {
  it.each([
    ['a ban', 403, 'Connection Failure', 'ban'],
    ['a temporary ban', 402, 'Connection Failure', 'ban'],
    ['an unacceptable account', 406, 'Connection Failure', 'ban'],
    ['a refused login', 401, 'Connection Failure', 'ban'],
    ['a logout from the phone', 401, 'Stream Errored (conflict)', 'phone'],
    ['a logout by the API', 401, 'Log out instance: w1', 'api'],
  ])('writes the reason of %s and sends three webhooks', async (_what, code, words, how) => {
    const { call, control } = await openSimulator()
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: everything(receiver.url) })
    if (how === 'ban') control.ban('w1', code)
    else if (how === 'phone') control.logoutFromPhone('w1')
    else {
      expect((await call('DELETE', '/instance/logout/w1')).body).toEqual({
        status: 'SUCCESS',
        error: false,
        response: { message: 'Instance logged out' },
      })
    }
    await soon(() => receiver.got.length).toBe(3)
    expect(receiver.words().sort()).toEqual(['connection.update close', 'logout.instance', 'status.instance'])
    const [row] = (await call('GET', '/instance/fetchInstances')).body
    expect(row).toMatchObject({ connectionStatus: 'close', disconnectionReasonCode: code })
    expect(JSON.parse(row.disconnectionObject).error.output.payload.message).toBe(words)
    expect(row.ownerJid).not.toBeNull()
    const closed = receiver.got.find((one) => one.body.event === 'connection.update')
    expect(closed?.body.data).toEqual({ instance: 'w1', state: 'close', statusReason: code })
  })

  it('needs a new QR code afterwards, and keeps its old reason when it is open again', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.ban('w1')
    expect((await call('GET', '/instance/connect/w1')).body.count).toBe(1)
    control.scan('w1')
    expect(control.instance('w1')).toMatchObject({
      memory: 'open',
      database: { connectionStatus: 'open', disconnectionReasonCode: 403 },
    })
  })
})

describe('restart', () => {
  it('of an open instance answers a stale open, then the connection blips', async () => {
    const { call, control } = await openSimulator({ timeScale: 1 })
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: everything(receiver.url) })
    const answer = await call('POST', '/instance/restart/w1')
    expect(answer.body).toEqual({ instance: { instanceName: 'w1', state: 'open' } })
    expect(control.instance('w1').memory).not.toBe('open')
    await soon(() => control.instance('w1').memory).toBe('open')
    await soon(() => receiver.words()).toEqual(['connection.update connecting', 'connection.update open'])
  })

  it('of a closed instance is an error under 200; of a connecting one its QR code', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close' })
    control.addInstance({ name: 'w2', state: 'connecting' })
    const closed = await call('POST', '/instance/restart/w1')
    expect([closed.status, closed.body]).toEqual([200, { error: true, message: '[object Object]' }])
    expect((await call('POST', '/instance/restart/w2')).body.count).toBe(1)
  })

  it('of Evolution removes all states for a while; then all instances connect, also banned and never connected ones', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'paired' })
    control.addInstance({ name: 'banned' })
    control.addInstance({ name: 'never', state: 'close' })
    control.ban('banned')
    control.restartEvolution({ absentMs: 60_000 })
    for (const name of ['paired', 'banned', 'never']) {
      expect((await call('GET', `/instance/connectionState/${name}`)).body).toEqual({
        instance: { instanceName: name },
      })
    }
    const paired = (await call('GET', '/instance/fetchInstances?instanceName=paired')).body[0]
    expect(paired.connectionStatus).toBe('open')
    control.restartEvolution({ absentMs: 0 })
    await soon(() => control.instance('paired').memory).toBe('open')
    await soon(() => control.instance('banned').qrCount).toBe(1)
    await soon(() => control.instance('never').qrCount).toBe(1)
  })
})

describe('logout', () => {
  it('of a closed instance is refused', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'lo', state: 'close' })
    const answer = await call('DELETE', '/instance/logout/lo')
    expect([answer.status, answer.body.response.message]).toEqual([
      400,
      ['The "lo" instance is not connected'],
    ])
  })

  it('during an outage is refused, or is answered 200 and does nothing', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.whatsappOutage(true)
    const statuses = new Set<number>()
    await soon(async () => {
      statuses.add((await call('DELETE', '/instance/logout/w1')).status)
      return [...statuses].sort()
    }).toEqual([200, 400])
    expect(control.instance('w1').database).toMatchObject({
      connectionStatus: 'open',
      disconnectionReasonCode: null,
    })
    control.whatsappOutage(false)
    await soon(() => control.instance('w1').memory).toBe('open')
  })

  it('keeps the instance and wipes its session', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    await call('DELETE', '/instance/logout/w1')
    await soon(() => control.instance('w1').paired).toBe(false)
    expect((await call('GET', '/instance/connectionState/w1')).body.instance.state).toBe('close')
  })
})

describe('GET /metrics', () => {
  it('gives the state in memory of every instance', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    // The connection is closed and does not return: a dropped connection would reconnect.
    control.addInstance({ name: 'w2', state: 'close' })
    const { body } = await call('GET', '/metrics', { key: null })
    expect(body).toContain('evolution_instances_total 2')
    expect(body).toContain('evolution_instance_up{instance="w1",integration="WHATSAPP-BAILEYS"} 1')
    expect(body).toContain(
      'evolution_instance_state{instance="w2",integration="WHATSAPP-BAILEYS",state="close"} 1',
    )
  })
})
