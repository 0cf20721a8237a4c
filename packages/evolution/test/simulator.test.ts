import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEvolution, disconnectionCause, type Evolution, EvolutionError } from '../src/index.ts'

const WEBHOOK = {
  url: 'http://127.0.0.1:9/hook',
  events: ['CONNECTION_UPDATE', 'STATUS_INSTANCE'],
  headers: { 'x-secret': 'hook-secret-1' },
}
let simulator: Simulator
let evolution: Evolution

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0 })
  evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
})

afterAll(async () => {
  await evolution?.close()
  await simulator?.close()
})

async function refusal(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EvolutionError)) throw error ?? new Error('expected an error')
  return error.refusal
}

describe('against the simulator', () => {
  it('recognises the simulator', async () => {
    expect(await evolution.version()).toEqual({ version: '2.3.6', simulated: true })
  })

  it('reads the stored statuses of one message', async () => {
    const name = 'statuses'
    simulator.control.addInstance({ name })
    simulator.control.outcomes({ delivery: { afterMs: 50 }, read: { afterMs: 100 } }, { name })
    const sent = await evolution.send(name, { number: '5511977776666', text: 'hello' })
    const messageId = sent.sent === 'yes' ? sent.messageId : ''
    await evolution.send(name, { number: '5511977775555', text: 'hello' })
    await expect.poll(() => evolution.findStatuses(name, messageId)).toContain('DELIVERY_ACK')
    expect(await evolution.findStatuses(name, 'an id of no message')).toEqual([])
    expect(await refusal(evolution.findStatuses('gone', messageId))).toBe('not_found')
  })

  it('follows the whole life of an instance', async () => {
    const name = 'loja 1/á'
    const created = await evolution.create({ name, number: '+55 11 98888-7777' })
    expect(created).toMatchObject({ name, state: 'close', qr: null })
    expect(created.instanceId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await refusal(evolution.create({ name }))).toBe('name_taken')
    expect(await evolution.connectionState(name)).toEqual({ state: 'close', word: 'close' })

    // The first answer may be that the code does not exist yet.
    const pairing = () => evolution.connect(name)
    await expect.poll(pairing).toMatchObject({
      kind: 'qr',
      qr: { count: 1, base64: expect.stringMatching(/^data:image\/png;base64,/) },
    })
    expect(await evolution.connectionState(name)).toMatchObject({ state: 'connecting' })

    simulator.control.scan(name, { phone: '5511988887777' })
    await expect.poll(() => evolution.connectionState(name)).toEqual({ state: 'open', word: 'open' })
    expect(await evolution.connect(name)).toEqual({ kind: 'open' })
    const [row] = await evolution.fetchInstances({ name })
    expect(row).toMatchObject({ name, connectionStatus: 'open', ownerJid: '5511988887777@s.whatsapp.net' })
    expect(row?.instanceId).toBe(created.instanceId)
    expect(JSON.stringify(row)).not.toContain(simulator.control.instance(name).token)

    const sent = await evolution.send(name, { number: '5511977776666', text: 'olá' })
    expect(sent).toEqual({ sent: 'yes', messageId: expect.stringMatching(/./) })
    expect(simulator.control.sent(name)).toHaveLength(1)
    expect(await evolution.restart(name)).toEqual({ state: 'open', qr: null })
    await expect.poll(() => evolution.connectionState(name)).toMatchObject({ state: 'open' })

    expect(await evolution.logout(name)).toEqual({ wasConnected: true })
    await expect.poll(() => evolution.connectionState(name)).toMatchObject({ state: 'close' })
    expect(await evolution.logout(name)).toEqual({ wasConnected: false })
    expect(await refusal(evolution.restart(name))).toBe('other')
    const [loggedOut] = await evolution.fetchInstances({ name })
    if (!loggedOut?.disconnection) throw new Error('expected a disconnection')
    expect(disconnectionCause(loggedOut.disconnection)).toBe('logged_out_by_us')

    expect(await evolution.delete(name)).toEqual({ existed: true })
    await expect
      .poll(() => refusal(evolution.connectionState(name)).catch(() => 'still there'))
      .toBe('not_found')
    expect(await evolution.fetchInstances({ name })).toEqual([])
    expect(await evolution.delete(name)).toEqual({ existed: false })
  })

  it('distinguishes a ban from a logout by the phone', async () => {
    simulator.control.addInstance({ name: 'banned' })
    simulator.control.addInstance({ name: 'left' })
    simulator.control.ban('banned')
    simulator.control.logoutFromPhone('left')
    const causes = async () => {
      const rows = [
        ...(await evolution.fetchInstances({ name: 'banned' })),
        ...(await evolution.fetchInstances({ name: 'left' })),
      ]
      return rows.map(({ disconnection }) => disconnection && disconnectionCause(disconnection))
    }
    await expect.poll(causes).toEqual(['banned', 'logged_out_by_phone'])
  })

  it('gives the QR code and the pairing code with create', async () => {
    const { qr } = await evolution.create({ name: 'pairing', number: '5511988887777', qrcode: true })
    expect(qr).toMatchObject({ count: 1, pairingCode: expect.stringMatching(/^\w{8}$/) })
  })

  it('returns pending when WhatsApp gives no QR code', async () => {
    simulator.control.whatsappOutage(true)
    try {
      expect((await evolution.create({ name: 'later', qrcode: true })).qr).toBeNull()
      expect(await evolution.connect('later')).toMatchObject({ kind: 'pending' })
    } finally {
      simulator.control.whatsappOutage(false)
    }
  })

  it('sets, finds and switches off the webhook', async () => {
    await evolution.create({ name: 'hooked' })
    expect(await evolution.findWebhook('hooked')).toBeNull()
    await evolution.setWebhook('hooked', WEBHOOK)
    expect(await evolution.findWebhook('hooked')).toEqual({
      ...WEBHOOK,
      enabled: true,
      byEvents: false,
      base64: false,
    })
    await evolution.setWebhook('hooked', { url: WEBHOOK.url, events: [], enabled: false })
    expect(await evolution.findWebhook('hooked')).toMatchObject({ enabled: false, events: [], headers: {} })
    expect(await refusal(evolution.setWebhook('hooked', { ...WEBHOOK, events: ['BOGUS'] }))).toBe('invalid')
    await evolution.create({ name: 'hooked-at-birth', webhook: WEBHOOK })
    expect(await evolution.findWebhook('hooked-at-birth')).toMatchObject({
      headers: WEBHOOK.headers,
      enabled: true,
    })
  })

  it('reads an absent state as none', async () => {
    simulator.control.addInstance({ name: 'loading' })
    simulator.control.setMemory('loading', null)
    expect(await evolution.connectionState('loading')).toEqual({ state: null, word: null })
  })

  it('distinguishes a wrong key from an unknown name', async () => {
    const stranger = createEvolution({ url: simulator.url, apiKey: 'not-the-key' })
    try {
      expect(await refusal(stranger.fetchInstances())).toBe('unauthorized')
      expect(await refusal(stranger.connectionState('nobody'))).toBe('not_found')
    } finally {
      await stranger.close()
    }
  })

  it('reports a text over a closed connection as certainly not sent', async () => {
    await evolution.create({ name: 'mute' })
    const message = { number: '5511977776666', text: 'olá' }
    expect(await evolution.send('mute', message)).toMatchObject({
      sent: 'no',
      why: 'line_down',
      elsewhere: true,
    })
  })
})
