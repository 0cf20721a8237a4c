import { describe, expect, it } from 'vitest'
import { baileys, type Json, openSimulator } from './open-simulator.ts'

describe('create', () => {
  it('answers 201 with a closed instance, its token as a string, and empty integrations', async () => {
    const { call } = await openSimulator()
    const { status, body } = await call('POST', '/instance/create', {
      body: baileys('a1', { groupsIgnore: true }),
    })
    expect(status).toBe(201)
    expect(body.instance).toEqual({
      instanceName: 'a1',
      instanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      integration: 'WHATSAPP-BAILEYS',
      webhookWaBusiness: null,
      accessTokenWaBusiness: '',
      status: 'close',
    })
    expect(body.hash).toMatch(/^[0-9A-F-]{36}$/)
    expect(body).toMatchObject({ webhook: {}, websocket: {}, rabbitmq: {}, nats: {}, sqs: {} })
    expect(body.settings).toMatchObject({
      groupsIgnore: true,
      rejectCall: false,
      msgCall: '',
      wavoipToken: '',
    })
    expect(body).not.toHaveProperty('qrcode')
  })

  it('with qrcode:true sleeps its scaled 5 s and answers a real PNG, with a pairing code if a number was given', async () => {
    const { call } = await openSimulator({ timeScale: 0.04 })
    const plain = await call('POST', '/instance/create', { body: baileys('a1', { qrcode: true }) })
    expect(plain.tookMs).toBeGreaterThan(195)
    expect(plain.body.qrcode).toMatchObject({
      pairingCode: null,
      count: 1,
      code: expect.stringMatching(/^2@/),
    })
    const png = Buffer.from(plain.body.qrcode.base64.replace('data:image/png;base64,', ''), 'base64')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const numbered = await call('POST', '/instance/create', {
      body: baileys('a2', { qrcode: true, number: '5511999990000' }),
    })
    expect(numbered.body.qrcode.pairingCode).toMatch(/^[0-9A-Z]{8}$/)
  })

  it('with qrcode:true and WhatsApp unreachable still answers 201, with {count:0}', async () => {
    const { call, control } = await openSimulator()
    control.whatsappOutage(true)
    const { status, body } = await call('POST', '/instance/create', { body: baileys('a1', { qrcode: true }) })
    expect([status, body.qrcode]).toEqual([201, { count: 0 }])
  })

  it.each([
    ['no integration', { instanceName: 'x' }, 400, ['Invalid integration']],
    ['an unknown integration', { instanceName: 'x', integration: 'SMS' }, 400, ['Invalid integration']],
    [
      'a number that is none',
      baileys('x', { number: '+55 11' }),
      400,
      [[expect.stringContaining('number does not match pattern')]],
    ],
    ['a number as a number', baileys('x', { number: 5511 }), 400, [['number is not of a type(s) string']]],
    [
      'a name as a number',
      { instanceName: 7, integration: 'WHATSAPP-BAILEYS' },
      500,
      expect.stringContaining('prisma'),
    ],
    ['a name of 256 characters', baileys('x'.repeat(256)), 400, [expect.stringContaining('too long')]],
    ['a taken name', baileys('taken'), 403, ['This name "taken" is already in use.']],
    ['no name at all', {}, 403, ['This name "undefined" is already in use.']],
    [
      'a webhook without events',
      baileys('x', { webhook: { url: 'http://127.0.0.1:9' } }),
      400,
      ["Cannot read properties of undefined (reading 'length')"],
    ],
  ])('refuses %s, and leaves nothing behind', async (_what, body, status, message) => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'taken' })
    const answer = await call('POST', '/instance/create', { body })
    expect(answer.status).toBe(status)
    expect(answer.body.response.message).toEqual(message)
    expect(control.instances()).toHaveLength(1)
  })

  it('stores a webhook with any events, and enables it whatever `enabled` is', async () => {
    const { call } = await openSimulator()
    const webhook = { url: 'http://127.0.0.1:9', enabled: false, events: ['BOGUS'] }
    expect((await call('POST', '/instance/create', { body: baileys('a1', { webhook }) })).status).toBe(201)
    expect((await call('GET', '/webhook/find/a1')).body).toMatchObject({ enabled: true, events: ['BOGUS'] })
  })

  it('accepts the name "", which no route can reach', async () => {
    const { call, control } = await openSimulator()
    expect((await call('POST', '/instance/create', { body: baileys('') })).status).toBe(201)
    const answer = await call('DELETE', '/instance/delete/')
    expect(answer.body.response.message).toEqual(['Cannot DELETE /instance/delete/'])
    expect(control.instance('').memory).toBe('close')
  })

  it('accepts names with spaces, slashes and accents, which work percent-encoded', async () => {
    const { call } = await openSimulator()
    const name = 'a/b é%20'
    expect((await call('POST', '/instance/create', { body: baileys(name) })).status).toBe(201)
    const state = await call('GET', `/instance/connectionState/${encodeURIComponent(name)}`)
    expect(state.body.instance).toEqual({ instanceName: name, state: 'close' })
  })

  it('five times in parallel gives one 201, one 400, three 403, and leaves no instance', async () => {
    // Long enough that the fifth call still overlaps the first on a busy machine.
    const { call } = await openSimulator({ timeScale: 20 })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', '/instance/create', { body: baileys('a1') })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 400, 403, 403, 403])
    expect((await call('GET', '/instance/connectionState/a1')).status).toBe(404)
  })

  it('of a business number is open at once', async () => {
    const { call } = await openSimulator()
    const body = {
      instanceName: 'b1',
      integration: 'WHATSAPP-BUSINESS',
      number: '5511999990000',
      token: 'meta',
    }
    expect((await call('POST', '/instance/create', { body })).body.instance.status).toBe('open')
    expect((await call('GET', '/instance/connect/b1')).body).toEqual({
      instance: { instanceName: 'b1', state: 'open' },
    })
  })
})

describe('fetchInstances', () => {
  it('answers a bare array with its own field names, the token, and no webhook', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1', token: 'T-1', ownerJid: '5511988887777@s.whatsapp.net' })
    const { body } = await call('GET', '/instance/fetchInstances')
    expect(body).toHaveLength(1)
    expect(body[0]).toMatchObject({
      name: 'w1',
      connectionStatus: 'open',
      ownerJid: '5511988887777@s.whatsapp.net',
      token: 'T-1',
      disconnectionReasonCode: null,
      Setting: { rejectCall: false, instanceId: body[0].id },
      _count: { Message: 0, Contact: 0, Chat: 0 },
    })
    expect(Object.keys(body[0]).filter((key) => /webhook/i.test(key))).toEqual([])
  })

  it('filters by name, id and number, with 404 instead of an empty list; an empty filter means all', async () => {
    const { call, control } = await openSimulator()
    const { id } = control.addInstance({ name: 'w1', number: '5511900000001' })
    control.addInstance({ name: 'w2' })
    for (const query of ['instanceName=w1', `instanceId=${id}`, 'number=5511900000001']) {
      const { body } = await call('GET', `/instance/fetchInstances?${query}`)
      expect(body.map((row: Json) => row.name)).toEqual(['w1'])
    }
    const nope = await call('GET', '/instance/fetchInstances?instanceName=nope')
    expect([nope.status, nope.body.response.message]).toEqual([404, ['Instance "nope" not found']])
    expect((await call('GET', '/instance/fetchInstances?instanceName=')).body).toHaveLength(2)
  })

  it('returns both rows to a token that two instances share', async () => {
    const { call, control } = await openSimulator()
    for (const name of ['a1', 'a2']) {
      expect((await call('POST', '/instance/create', { body: baileys(name, { token: 'T' }) })).status).toBe(
        201,
      )
    }
    control.addInstance({ name: 'other' })
    const { body } = await call('GET', '/instance/fetchInstances', { key: 'T' })
    expect(body.map((row: Json) => row.name).sort()).toEqual(['a1', 'a2'])
  })

  it('lists a thousand instances, and makes no QR picture when one is added', async () => {
    const { call, control } = await openSimulator()
    for (let n = 0; n < 1000; n++) expect(control.addInstance({ name: `n${n}` }).qrCount).toBe(0)
    expect((await call('GET', '/instance/fetchInstances')).body).toHaveLength(1000)
  })
})
