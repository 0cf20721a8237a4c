import { describe, expect, it } from 'vitest'
import { openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const hello = { number: '5511977776666', text: 'hello' }

describe('sendText', () => {
  it('answers 201 PENDING, stores the message, and sends the same object to the webhook', async () => {
    const { call, control } = await openSimulator()
    const receiver = await openReceiver()
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
    const { status, body } = await call('POST', '/message/sendText/w1', { body: hello })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      key: {
        remoteJid: '5511977776666@s.whatsapp.net',
        fromMe: true,
        id: expect.stringMatching(/^3EB0[0-9A-F]{18}$/),
      },
      status: 'PENDING',
      message: { conversation: 'hello' },
      messageType: 'conversation',
    })
    expect(control.sent('w1')).toMatchObject([{ instance: 'w1', ...hello, id: body.key.id }])
    await soon(() => receiver.got[0]?.body.data).toEqual(body)
  })

  it('accepts a formatted number and a full jid', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    for (const number of ['+55 11 97777-8888', '5511977778888@s.whatsapp.net']) {
      expect((await call('POST', '/message/sendText/w1', { body: { ...hello, number } })).status).toBe(201)
    }
    expect(control.sent().map((one) => one.number)).toEqual(['5511977778888', '5511977778888'])
  })

  it.each([
    [
      'no text',
      { number: '5511977776666', textMessage: { text: 'v1' } },
      [['instance requires property "text"']],
    ],
    ['a number as a number', { number: 55, text: 'x' }, [['Invalid format']]],
    ['an empty text', { ...hello, text: '' }, ['Text is required']],
    ['an unknown group', { number: '123@g.us', text: 'x' }, ['[object Object]']],
    [
      'a number without WhatsApp',
      { number: '5511977770000', text: 'x' },
      [{ jid: '5511977770000@s.whatsapp.net', exists: false, number: '5511977770000' }],
    ],
  ])('refuses %s with 400', async (_what, body, message) => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const answer = await call('POST', '/message/sendText/w1', { body })
    expect([answer.status, answer.body.response.message]).toEqual([400, message])
    expect(control.sent()).toEqual([])
  })

  it('fails in four ways without a connection', async () => {
    const { call, control } = await openSimulator()
    for (const name of ['never', 'lost', 'pairing']) {
      control.addInstance({
        name,
        state: name === 'never' ? 'close' : name === 'lost' ? 'open' : 'connecting',
      })
    }
    const send = async (name: string) => {
      const { status, body } = await call('POST', `/message/sendText/${name}`, { body: hello })
      return [status, body.response?.message]
    }
    expect(await send('never')).toEqual([500, "Cannot read properties of undefined (reading 'onWhatsApp')"])
    expect(await send('pairing')).toEqual([
      400,
      ["TypeError: Cannot read properties of undefined (reading 'id')"],
    ])
    control.drop('lost')
    expect(await send('lost')).toEqual([500, 'Connection Closed'])
    control.recover('lost')
    expect((await send('lost'))[0]).toBe(201)
    control.drop('lost')
    // The number was looked up meanwhile, so the same failure has another status.
    expect(await send('lost')).toEqual([400, ['Error: Connection Closed']])
  })

  it('fails in other ways: not loaded, never connected but cached, database away, connection lost while it waits', async () => {
    const { call, control } = await openSimulator()
    for (const name of ['up', 'cut', 'cut-cached', 'stream']) control.addInstance({ name })
    control.addInstance({ name: 'never', state: 'close' })
    control.addInstance({ name: 'absent' })
    control.setMemory('absent', null)
    const send = async (name: string, number = hello.number) => {
      const { status, body } = await call('POST', `/message/sendText/${name}`, { body: { ...hello, number } })
      return [status, body.response?.message]
    }
    expect(await send('absent')).toEqual([500, "Cannot read properties of undefined (reading 'textMessage')"])
    expect((await send('up'))[0]).toBe(201)
    expect(await send('never')).toEqual([
      400,
      ["TypeError: Cannot read properties of undefined (reading 'sendMessage')"],
    ])
    control.databaseAway(true)
    expect(await send('up')).toEqual([500, expect.stringContaining('database ')])
    expect((await call('GET', '/instance/fetchInstances')).status).toBe(500)
    expect((await call('GET', '/instance/connectionState/up')).body.instance.state).toBe('open')
    control.databaseAway(false)

    control.whatsappLatency(600_000)
    const lost = async (name: string, number: string, streamError = false) => {
      const sending = send(name, number)
      await soon(() => control.instance(name).textsWaiting).toBe(1)
      control.drop(name, { streamError })
      return sending
    }
    expect(await lost('cut', '5511900000001')).toEqual([500, 'Internal Server Error'])
    expect(await lost('cut-cached', hello.number)).toEqual([400, ['1006']])
    expect(await lost('stream', '5511900000002', true)).toEqual([
      500,
      "Cannot read properties of undefined (reading 'find')",
    ])
    expect(control.sent()).toHaveLength(1)
  })

  it('without its database a session that ends still reads open, until Evolution restarts', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.databaseAway(true)
    control.logoutFromPhone('w1')
    const state = async () => (await call('GET', '/instance/connectionState/w1')).body.instance.state
    expect(await state()).toBe('open')
    expect((await call('POST', '/instance/restart/w1')).body.instance.state).toBe('open')
    expect(await state()).toBe('open')
    expect((await call('POST', '/message/sendText/w1', { body: hello })).status).not.toBe(201)
    control.databaseAway(false)
    control.restartEvolution({ absentMs: 0 })
    await soon(() => control.instance('w1').memory).toBe('connecting')
  })

  it('sends the texts of one instance one after another', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.whatsappLatency(60)
    const startedAtMs = Date.now()
    await Promise.all([1, 2, 3].map(() => call('POST', '/message/sendText/w1', { body: hello })))
    const [, second = 0, third = 0] = control.sent().map((one) => Date.parse(one.at) - startedAtMs)
    // Each waits for those before it, however late a busy machine writes one of them.
    expect(second).toBeGreaterThan(110)
    expect(third).toBeGreaterThan(170)
  })

  it('with a delay answers later by that time', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const { tookMs } = await call('POST', '/message/sendText/w1', { body: { ...hello, delay: 60 } })
    expect(tookMs).toBeGreaterThan(55)
  })
})

describe('settings', () => {
  it('are set as a whole, and returned flat', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const some = await call('POST', '/settings/set/w1', { body: { rejectCall: true } })
    expect([some.status, some.body.response.message[0]]).toEqual([
      400,
      expect.arrayContaining(['instance requires property "groupsIgnore"']),
    ])
    const all = {
      rejectCall: true,
      groupsIgnore: true,
      alwaysOnline: false,
      readMessages: false,
      readStatus: false,
      syncFullHistory: false,
    }
    const set = await call('POST', '/settings/set/w1', { body: all })
    expect([set.status, set.body]).toEqual([201, { settings: { instanceName: 'w1', settings: all } }])
    expect((await call('GET', '/settings/find/w1')).body).toEqual({ ...all, msgCall: '', wavoipToken: '' })
  })
})
