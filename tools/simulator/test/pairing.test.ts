import { describe, expect, it } from 'vitest'
import { baileys, openSimulator, soon } from './open-simulator.ts'

describe('connect', () => {
  it('on a closed instance sleeps its scaled 2 s and answers a QR code, and the same one while connecting', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.2 })
    control.addInstance({ name: 'w1', state: 'close' })
    const first = await call('GET', '/instance/connect/w1')
    expect(first.tookMs).toBeGreaterThan(395)
    expect(first.body).toMatchObject({ pairingCode: null, code: expect.stringMatching(/^2@/), count: 1 })
    const second = await call('GET', '/instance/connect/w1?number=5511999990000')
    expect(second.body).toEqual(first.body)
  })

  it('on a connecting instance answers without a sleep', async () => {
    // A sleep takes 2,000 s here: its client aborts a call that sleeps.
    const { call, control } = await openSimulator({ timeScale: 1_000 })
    control.addInstance({ name: 'w1', state: 'connecting' })
    const answer = await call('GET', '/instance/connect/w1')
    expect(answer.body).toMatchObject({ code: expect.stringMatching(/^2@/), count: 1 })
  })

  it('with ?number= gives a pairing code, whatever the value; the number of create is not used', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close', number: '5511999990000' })
    control.addInstance({ name: 'w2', state: 'close' })
    expect((await call('GET', '/instance/connect/w1')).body.pairingCode).toBeNull()
    expect((await call('GET', '/instance/connect/w2?number=abc')).body.pairingCode).toMatch(/^\w{8}$/)
  })

  it('on an open instance answers another shape', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    expect((await call('GET', '/instance/connect/w1')).body).toEqual({
      instance: { instanceName: 'w1', state: 'open' },
    })
  })

  it('with WhatsApp unreachable answers 200 {count:0}, and the connection flaps while the database reads close', async () => {
    const { call, control } = await openSimulator()
    control.whatsappOutage(true)
    control.addInstance({ name: 'w1', state: 'close' })
    const answer = await call('GET', '/instance/connect/w1')
    expect([answer.status, answer.body]).toEqual([200, { count: 0 }])
    await soon(() => control.instance('w1').memory).toBe('connecting')
    await soon(() => control.instance('w1').memory).toBe('close')
    expect(control.instance('w1').database.connectionStatus).toBe('close')
    control.whatsappOutage(false)
    await soon(() => control.instance('w1').qrCount).toBe(1)
  })

  it('answers the previous, dead code while WhatsApp is unreachable or slow, and the new one when it exists', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'connecting' })
    const before = (await call('GET', '/instance/connect/w1')).body.code
    control.whatsappOutage(true)
    expect((await call('GET', '/instance/connect/w1')).body.code).toBe(before)
    control.delayQr(300)
    control.whatsappOutage(false)
    expect((await call('GET', '/instance/connect/w1')).body.code).toBe(before)
    await soon(async () => (await call('GET', '/instance/connect/w1')).body.code).not.toBe(before)
  })

  it('answers the code from before a pairing and its end, too', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'connecting' })
    const before = (await call('GET', '/instance/connect/w1')).body.code
    control.scan('w1')
    control.logoutFromPhone('w1')
    control.delayQr(60_000)
    expect((await call('GET', '/instance/connect/w1')).body.code).toBe(before)
    expect(control.instance('w1').database.connectionStatus).toBe('close')
  })

  it('just after a scan opens a second socket: both replace each other, through a restart, until a logout', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'connecting' })
    // The connect arrives before the session logs in again.
    control.scan('w1', { restartMs: 3_000 })
    expect(control.instance('w1')).toMatchObject({
      memory: 'close',
      database: { connectionStatus: 'connecting' },
    })
    await call('GET', '/instance/connect/w1')
    await soon(() => control.instance('w1').fighting).toBe(true)
    expect(control.instance('w1').socketsOpened).toBe(2)
    await soon(() => control.instance('w1').memory).toBe('open')
    await call('POST', '/instance/restart/w1')
    await soon(() => control.instance('w1').memory).toBe('close')
    await soon(() => control.instance('w1').memory).toBe('open')
    expect(control.instance('w1').fighting).toBe(true)
    await soon(async () => (await call('DELETE', '/instance/logout/w1')).status).toBe(200)
    await soon(() => control.instance('w1').fighting).toBe(false)
    expect(control.instance('w1').memory).toBe('close')
  })

  it('of an ended session whose webhook is not delivered logs in with it and is refused', async () => {
    const { call, control } = await openSimulator({ timeScale: 1, webhookAttempts: 2 })
    const url = 'http://127.0.0.1:9'
    control.addInstance({ name: 'w1', webhook: { url, events: ['LOGOUT_INSTANCE'] } })
    control.logoutFromPhone('w1')
    await call('GET', '/instance/connect/w1')
    expect(control.instance('w1')).toMatchObject({ memory: 'close', qrCount: 0 })
    expect(control.instance('w1').database.disconnectionObject).toContain('Connection Failure')
  })

  it('while WhatsApp refuses registrations shows no code, and the connection flips', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close' })
    control.refuseRegistration(true)
    expect((await call('GET', '/instance/connect/w1')).body).toEqual({ count: 0 })
    await soon(() => control.instance('w1').memory).toBe('connecting')
    await soon(() => control.instance('w1').memory).toBe('close')
    expect(control.instance('w1').database.connectionStatus).toBe('close')
    control.refuseRegistration(false)
    await soon(() => control.instance('w1').qrCount).toBe(1)
  })

  it('by phone number ends after six codes in a refused login', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close' })
    await call('GET', '/instance/connect/w1?number=5511999990000')
    for (let n = 0; n < 6; n++) control.expireQr('w1')
    expect(control.instance('w1')).toMatchObject({
      memory: 'close',
      database: { connectionStatus: 'close', disconnectionReasonCode: 401 },
    })
  })

  it('four times in parallel opens four sockets with four QR codes', async () => {
    // The longer a socket takes, the more certainly all four calls arrive while the connection is closed.
    const { call, control } = await openSimulator({ timeScale: 1.5 })
    control.addInstance({ name: 'w1', state: 'close' })
    await Promise.all(Array.from({ length: 4 }, () => call('GET', '/instance/connect/w1')))
    await soon(() => control.instance('w1').qrCount).toBe(4)
  })

  it('of a property of Object.prototype is an error under 200', async () => {
    const { call } = await openSimulator()
    const answer = await call('GET', '/instance/connect/constructor')
    expect([answer.status, answer.body]).toEqual([200, { error: true, message: '[object Object]' }])
  })

  it('during a reconnect loop opens a second socket on the account, and the two replace each other', async () => {
    // Each connection lasts 100 ms: without a delay no reading would see it closed.
    const { call, control } = await openSimulator({ timeScale: 0.2 })
    control.addInstance({ name: 'w1' })
    control.drop('w1')
    const { socketsOpened } = control.instance('w1')
    // Only a connect that arrives while the loop has it closed opens a socket.
    await soon(async () => {
      await call('GET', '/instance/connect/w1')
      return control.instance('w1').socketsOpened
    }).toBeGreaterThan(socketsOpened)
    control.recover('w1')
    await soon(() => control.instance('w1').memory).toBe('close')
    await soon(() => control.instance('w1').memory).toBe('open')
    await soon(() => control.instance('w1').memory).toBe('close')
  })
})

describe('a QR code', () => {
  it('becomes an open instance with its owner by a scan, in memory and in the database', async () => {
    const { call, control } = await openSimulator()
    await call('POST', '/instance/create', { body: baileys('w1', { qrcode: true }) })
    expect(control.instance('w1').database.connectionStatus).toBe('connecting')
    control.scan('w1', { phone: '5511988887777' })
    expect(control.instance('w1')).toMatchObject({
      memory: 'open',
      paired: true,
      database: { connectionStatus: 'open', ownerJid: '5511988887777@s.whatsapp.net', profileName: 'w1' },
    })
  })

  it('that was scanned opens in memory first; its state and owner reach the database later', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close', ownerJid: '5511911111111@s.whatsapp.net' })
    await call('GET', '/instance/connect/w1')
    control.recordLate(300)
    control.scan('w1', { phone: '5511988887777' })
    expect(control.instance('w1')).toMatchObject({
      memory: 'open',
      database: { connectionStatus: 'connecting', ownerJid: '5511911111111@s.whatsapp.net' },
    })
    await soon(() => control.instance('w1').database).toMatchObject({
      connectionStatus: 'open',
      ownerJid: '5511988887777@s.whatsapp.net',
    })
  })

  it('lives its scaled 45 s; each new one raises count', async () => {
    const { call, control } = await openSimulator({ timeScale: 0.002 })
    control.addInstance({ name: 'w1', state: 'close' })
    const first = await call('GET', '/instance/connect/w1')
    await soon(() => control.instance('w1').qrCount).toBeGreaterThanOrEqual(3)
    expect((await call('GET', '/instance/connect/w1')).body.code).not.toBe(first.body.code)
  })

  it('stops at the limit: memory is closed, the database stays connecting, and connect begins again at 1', async () => {
    const { call, control } = await openSimulator({ qrLimit: 3 })
    control.addInstance({ name: 'w1', state: 'connecting' })
    for (let n = 0; n < 3; n++) control.expireQr('w1')
    expect(control.instance('w1')).toMatchObject({
      memory: 'close',
      qrCount: 0,
      database: { connectionStatus: 'connecting' },
    })
    expect((await call('GET', '/instance/connect/w1')).body.count).toBe(1)
  })

  it('cannot be scanned when none is shown, and the error names what to do', async () => {
    const { control } = await openSimulator()
    control.addInstance({ name: 'w1', state: 'close' })
    expect(() => control.scan('w1')).toThrow(/shows no QR code: it is close. Call/)
  })

  it('is scanned without a command in the demo, except for the excluded instances', async () => {
    const { call, control } = await openSimulator({ autoScan: { afterMs: 30, except: ['w2'] } })
    await call('POST', '/instance/create', { body: baileys('w1', { qrcode: true, number: '5511999990000' }) })
    await call('POST', '/instance/create', { body: baileys('w2', { qrcode: true }) })
    await soon(() => control.instance('w1').memory).toBe('open')
    expect(control.instance('w1').database.ownerJid).toBe('5511999990000@s.whatsapp.net')
    expect(control.instance('w2').memory).toBe('connecting')
  })
})
