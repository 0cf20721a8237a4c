import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { WEBHOOK_EVENTS } from '../src/index.ts'
import { retryDelayMs } from '../src/webhook-event.ts'
import { baileys, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

describe('webhook/set', () => {
  it('stores a nested body and answers with other field names; find answers the same, or null', async () => {
    const { call, control } = await openSimulator()
    const { id } = control.addInstance({ name: 'w1' })
    const none = await call('GET', '/webhook/find/w1')
    expect([none.status, none.body]).toEqual([200, null])
    const webhook = {
      enabled: true,
      url: 'http://127.0.0.1:9/x',
      events: ['CONNECTION_UPDATE'],
      byEvents: true,
    }
    const set = await call('POST', '/webhook/set/w1', { body: { webhook } })
    expect(set.status).toBe(201)
    expect(set.body).toMatchObject({
      url: webhook.url,
      headers: null,
      enabled: true,
      events: ['CONNECTION_UPDATE'],
      webhookByEvents: true,
      webhookBase64: false,
      instanceId: id,
    })
    expect((await call('GET', '/webhook/find/w1')).body).toEqual(set.body)
  })

  it('keeps absent fields, reads [] as all 31 events, and drops events when disabled', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const set = async (webhook: object) => (await call('POST', '/webhook/set/w1', { body: { webhook } })).body
    await set({ enabled: true, url: 'http://x', events: ['CALL'], headers: { a: '1' }, byEvents: true })
    const all = await set({ enabled: true, url: 'http://y', events: [] })
    expect(all).toMatchObject({ url: 'http://y', headers: { a: '1' }, webhookByEvents: true })
    expect(all.events).toEqual(WEBHOOK_EVENTS)
    expect(WEBHOOK_EVENTS).toHaveLength(31)
    expect((await set({ enabled: false, url: 'http://y' })).events).toEqual([])
  })

  it('refuses a flat body and an unknown event, and fails with 500 on enabled without events', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const set = (body: object) => call('POST', '/webhook/set/w1', { body })
    expect((await set({ enabled: true, url: 'http://x' })).body.response.message).toEqual([
      ['instance requires property "webhook"'],
    ])
    const bogus = await set({ webhook: { enabled: true, url: 'http://x', events: ['BOGUS'] } })
    expect([bogus.status, bogus.body.response.message[0][0]]).toEqual([
      400,
      expect.stringContaining('CONNECTION_UPDATE'),
    ])
    expect((await set({ webhook: { enabled: true, url: 'http://x' } })).status).toBe(500)
  })

  it('stores an invalid URL, and never calls it', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const webhook = { enabled: true, url: 'not a url', events: [] }
    expect((await call('POST', '/webhook/set/w1', { body: { webhook } })).status).toBe(201)
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances()).toEqual([])
    expect(control.webhookAttempts()).toEqual([])
  })
})

describe('a delivery', () => {
  it('has the measured body and headers: dotted event, local time labelled Z, the token in clear', async () => {
    const { call, control, url } = await openSimulator()
    const receiver = await openReceiver()
    const webhook = { url: receiver.url, events: [], headers: { 'X-Secret': 's3' }, byEvents: true }
    const before = Date.now()
    const created = await call('POST', '/instance/create', { body: baileys('w1', { webhook, qrcode: true }) })
    expect(created.body.webhook).toEqual({
      webhookUrl: receiver.url,
      webhookHeaders: { 'X-Secret': 's3' },
      webhookByEvents: true,
      webhookBase64: false,
    })
    await soon(() => receiver.got.length).toBe(3)
    expect(new Set(receiver.words())).toEqual(
      new Set(['instance.create', 'connection.update connecting', 'qrcode.updated']),
    )
    const qr = receiver.got.find((one) => one.body.event === 'qrcode.updated')
    expect(qr?.path).toBe('/hook/qrcode-updated')
    expect(qr?.headers).toMatchObject({ 'user-agent': 'axios/1.12.2', 'x-secret': 's3' })
    expect(qr?.body).toMatchObject({
      event: 'qrcode.updated',
      instance: 'w1',
      data: { qrcode: { instance: 'w1', pairingCode: null, code: created.body.qrcode.code } },
      destination: receiver.url,
      server_url: url,
      apikey: created.body.hash,
    })
    expect(qr?.body).not.toHaveProperty('sender')
    const labelled = Date.parse(qr?.body.date_time) + new Date().getTimezoneOffset() * 60_000
    expect(Math.abs(labelled - before)).toBeLessThan(10_000)
    control.scan('w1', { phone: '5511988887777' })
    await soon(() => receiver.got.length).toBe(4)
    expect(receiver.got[3]?.body.sender).toBe('5511988887777@s.whatsapp.net')
  })

  it('replaces the header jwt_key by a signed bearer token, which overrides a configured authorization', async () => {
    const { control } = await openSimulator()
    const receiver = await openReceiver()
    const headers = { jwt_key: 'secret', authorization: 'Basic x' }
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [], headers } })
    control.emitEvent('w1', 'CALL', { any: 1 })
    await soon(() => receiver.got.length).toBe(1)
    const sent = receiver.got[0]?.headers
    expect(sent).not.toHaveProperty('jwt_key')
    const [head = '', claims = '', signature] = (sent?.authorization ?? '').replace('Bearer ', '').split('.')
    expect(createHmac('sha256', 'secret').update(`${head}.${claims}`).digest('base64url')).toBe(signature)
    const { iat, exp, app, action } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    expect([exp - iat, app, action]).toEqual([600, 'evolution', 'webhook'])
  })

  it('happens for subscribed events only, and not after the webhook was disabled', async () => {
    const { call, control } = await openSimulator()
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: ['LOGOUT_INSTANCE'] } })
    control.ban('w1')
    await soon(() => receiver.words()).toEqual(['logout.instance'])
    await call('POST', '/webhook/set/w1', { body: { webhook: { enabled: false, url: receiver.url } } })
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances()).toEqual([])
    expect(receiver.got).toHaveLength(1)
  })

  it('is repeated after a 500 and a refused connection, with its original time, and given up after the last attempt', async () => {
    const { control } = await openSimulator({ webhookAttempts: 3 })
    const receiver = await openReceiver(500)
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
    control.addInstance({ name: 'w2', webhook: { url: 'http://127.0.0.1:1/', events: [] } })
    control.emitEvent('w1', 'CALL', null)
    control.emitEvent('w2', 'CALL', null)
    await soon(() => control.webhookAttempts('w1').map((one) => one.status)).toEqual([500, 500, 500])
    await soon(() => control.webhookAttempts('w2').map((one) => one.status)).toEqual([null, null, null])
    expect(new Set(receiver.got.map((one) => one.body.date_time)).size).toBe(1)
  })

  it.each([400, 401, 403, 404, 422])('is not repeated on %i', async (status) => {
    const { control } = await openSimulator()
    const receiver = await openReceiver(status)
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: ['REMOVE_INSTANCE', 'CALL'] } })
    control.emitEvent('w1', 'CALL', null)
    await soon(() => control.webhookAttempts().length).toBe(1)
    control.emitEvent('w1', 'CALL', null)
    await soon(() => control.webhookAttempts().map((one) => one.attempt)).toEqual([1, 1])
  })

  it('sends the end of the QR codes as a message without a code, and "refused"', async () => {
    const { control } = await openSimulator({ qrLimit: 1 })
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', state: 'connecting', webhook: { url: receiver.url, events: [] } })
    control.expireQr('w1')
    await soon(() => receiver.words()).toContain('connection.update refused')
    const end = receiver.got.find((one) => one.body.data?.statusCode === 500)
    expect(end?.body.data).toEqual({ message: 'QR code limit reached, please login again', statusCode: 500 })
    const refused = receiver.got.find((one) => one.body.data?.state === 'refused')
    expect(refused?.body.data.statusReason).toBe(428)
  })
})

describe('the wait before a retry', () => {
  it('is 5 s doubled up to 300 s, spread by a fifth, and never under 5 s', () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => retryDelayMs(failures, 0.5) / 1000)
    expect(middle).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
    expect([retryDelayMs(1, 0), retryDelayMs(3, 0), retryDelayMs(3, 1)]).toEqual([5000, 16_000, 24_000])
  })
})
