import { describe, expect, it } from 'vitest'
import { WEBHOOK_EVENTS } from '../src/index.ts'
import { baileys, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const hello = { number: '5511977776666', text: 'hello' }
const EVENTS = ['SEND_MESSAGE', 'MESSAGES_UPDATE', 'CONNECTION_UPDATE']

describe('the global webhook', () => {
  it('has the events of all instances, without custom headers, with the own address as destination', async () => {
    const everywhere = await openReceiver()
    const own = await openReceiver()
    const globalWebhook = { url: `${everywhere.url}/SECRET?tok=abc`, events: EVENTS }
    const { call, control } = await openSimulator({ globalWebhook })
    const webhook = { url: own.url, events: ['SEND_MESSAGE'], headers: { 'X-Secret': 's3', jwt_key: 'k' } }
    const { token } = control.addInstance({ name: 'with', webhook })
    control.addInstance({ name: 'without' })
    const sent = await call('POST', '/message/sendText/with', { body: hello })
    await soon(() => everywhere.got).toHaveLength(1)
    expect(everywhere.got[0]).toMatchObject({
      path: '/hook/SECRET?tok=abc',
      body: {
        event: 'send.message',
        instance: 'with',
        data: sent.body,
        destination: own.url,
        apikey: token,
      },
    })
    expect(everywhere.got[0]?.headers).not.toHaveProperty('x-secret')
    expect(everywhere.got[0]?.headers).not.toHaveProperty('authorization')
    await call('POST', '/message/sendText/without', { body: hello })
    await soon(() => everywhere.got).toHaveLength(2)
    expect(everywhere.got[1]?.body.destination).toBe(`${globalWebhook.url}/send-message`)
    expect(own.got).toHaveLength(1)
    await soon(() => control.webhookAttempts().map((one) => one.isGlobal)).toEqual([false, true, true])
  })

  it('appends the event to the text of its address when it is by events', async () => {
    const everywhere = await openReceiver()
    const globalWebhook = { url: everywhere.url, events: EVENTS, byEvents: true }
    const { call, control } = await openSimulator({ globalWebhook })
    control.addInstance({ name: 'w1' })
    control.outcomes({ delivery: { afterMs: 0 } })
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => everywhere.got.map((one) => one.path).toSorted()).toEqual([
      '/hook/messages-update',
      '/hook/send-message',
    ])
  })

  it('waits for all attempts of the instance webhook, and continues after a status without retries', async () => {
    const everywhere = await openReceiver()
    const own = await openReceiver(500)
    const { call, control } = await openSimulator({
      webhookAttempts: 3,
      globalWebhook: { url: everywhere.url, events: EVENTS },
    })
    control.addInstance({ name: 'w1', webhook: { url: own.url, events: ['SEND_MESSAGE'] } })
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => everywhere.got).toHaveLength(1)
    expect(own.got).toHaveLength(3)
    own.status = 404
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => everywhere.got).toHaveLength(2)
    expect(own.got).toHaveLength(4)
  })

  it('never has the events of the end of an instance, and holds no delete back', async () => {
    const everywhere = await openReceiver(500)
    const { call, control } = await openSimulator({
      timeScale: 1,
      globalWebhook: { url: everywhere.url, events: WEBHOOK_EVENTS },
    })
    await call('POST', '/instance/create', { body: baileys('made') })
    control.addInstance({ name: 'w1' })
    control.logoutFromPhone('w1')
    await call('DELETE', '/instance/delete/w1')
    await soon(() => control.instances().map((one) => one.name)).toEqual(['made'])
    // Each is tried again, because the receiver fails.
    await soon(() => [...new Set(everywhere.words())].toSorted()).toEqual([
      'connection.update close',
      'instance.create',
      'instance.delete',
    ])
  })

  it('can be set while the simulator runs', async () => {
    const everywhere = await openReceiver()
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    const set = (webhook: object | null) =>
      call('POST', '/__simulator/set-global-webhook', { body: { webhook } })
    expect((await set({ url: everywhere.url, events: EVENTS })).status).toBe(200)
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => everywhere.got).toHaveLength(1)
    await set(null)
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => control.sent()).toHaveLength(2)
    expect(everywhere.got).toHaveLength(1)
  })
})

describe('events', () => {
  it('about messages can be sent ten times, shuffled, with the same body', async () => {
    const receiver = await openReceiver()
    const { call, control } = await openSimulator({ exposeTokens: false })
    control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
    control.eventCopies(10, 50)
    control.outcomes({ delivery: { afterMs: 0 }, read: { afterMs: 20 } })
    await call('POST', '/message/sendText/w1', { body: hello })
    await soon(() => receiver.got).toHaveLength(30)
    expect(new Set(receiver.got.map(({ body }) => JSON.stringify(body))).size).toBe(3)
    expect(receiver.got[0]?.body.apikey).toBeNull()
    control.eventCopies(1, 0)
    control.drop('w1')
    await soon(() => receiver.words().filter((word) => word.startsWith('connection')).length).toBeGreaterThan(
      0,
    )
  })
})
