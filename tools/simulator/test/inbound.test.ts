import { describe, expect, it } from 'vitest'
import type { InboundMessage, SimulatorOptions } from '../src/index.ts'
import { type Json, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const MARIA = '5511977776666'
const JID = `${MARIA}@s.whatsapp.net`
const LID = '77001122334455@lid'
const GROUP = '120363000000000001@g.us'

async function simulatorWithW1(options: SimulatorOptions = {}) {
  const simulator = await openSimulator(options)
  const receiver = await openReceiver()
  const { id } = simulator.control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
  const events = (word: string): Json[] =>
    receiver.got.filter(({ body }) => body.event === word).map(({ body }) => body.data)
  const upserts = () => events('messages.upsert')
  return { ...simulator, instanceId: id, events, upserts }
}

describe('an inbound message', () => {
  it('is one event whose data is an object, with events about chat and contact around it', async () => {
    const { control, events, upserts, instanceId } = await simulatorWithW1()
    const { id } = control.inbound('w1', { from: MARIA, alt: LID, text: 'oi', pushName: 'Maria' })
    await soon(upserts).toEqual([
      {
        key: {
          remoteJid: JID,
          remoteJidAlt: LID,
          fromMe: false,
          id,
          participant: '',
          addressingMode: 'pn',
        },
        pushName: 'Maria',
        status: 'DELIVERY_ACK',
        message: { conversation: 'oi' },
        messageType: 'conversation',
        messageTimestamp: expect.any(Number),
        instanceId,
        source: 'android',
      },
    ])
    await soon(() => events('chats.update')).toEqual([[{ remoteJid: JID, instanceId }]])
    await soon(() => events('contacts.upsert')).toEqual([{ remoteJid: JID, pushName: 'Maria', instanceId }])
    control.inbound('w1', { from: MARIA, pushName: 'Maria' })
    await soon(() => events('contacts.update').filter((data) => !Array.isArray(data))).toHaveLength(1)
  })

  it.each<[string, InboundMessage, object]>([
    ['a phone whose LID is not sent', { from: MARIA }, { key: { remoteJid: JID, addressingMode: 'pn' } }],
    [
      'a LID with its phone',
      { from: LID, alt: MARIA },
      { key: { remoteJid: LID, remoteJidAlt: JID, participant: '', addressingMode: 'lid' } },
    ],
    ['a LID whose phone is not sent', { from: LID }, { key: { remoteJid: LID, addressingMode: 'lid' } }],
    [
      'a member of a group',
      { from: LID, alt: MARIA, group: GROUP },
      {
        key: { remoteJid: GROUP, participant: LID, participantAlt: JID, addressingMode: 'lid' },
        message: { conversation: 'oi', senderKeyDistributionMessage: expect.anything() },
      },
    ],
    [
      "the number's own phone",
      { from: MARIA, fromMe: true },
      { key: { remoteJid: JID, fromMe: true }, status: 'SERVER_ACK', pushName: 'w1' },
    ],
    [
      'a reaction',
      { from: MARIA, kind: 'reaction', quoted: '3EB0ABC', text: '👍' },
      {
        messageType: 'reactionMessage',
        message: { reactionMessage: { key: { fromMe: true, id: '3EB0ABC' }, text: '👍' } },
      },
    ],
    [
      'a disappearing chat',
      { from: MARIA, kind: 'ephemeral' },
      {
        messageType: 'ephemeralMessage',
        message: { ephemeralMessage: { message: { extendedTextMessage: { text: 'oi' } } } },
      },
    ],
    ['an image', { from: MARIA, kind: 'image' }, { messageType: 'imageMessage' }],
    ['a quote', { from: MARIA, quoted: '3EB0ABC' }, { contextInfo: { stanzaId: '3EB0ABC' } }],
  ])('from %s', async (_who, message, data) => {
    const { control, upserts } = await simulatorWithW1()
    control.inbound('w1', message)
    await soon(upserts).toMatchObject([data])
    if (message.alt === undefined) expect(JSON.stringify(upserts()[0].key)).not.toContain('Alt')
  })

  it('with the id of one that came is ignored until 2.3.6, and sent from 2.3.7 on', async () => {
    for (const [version, times] of [['2.3.6', 1] as const, ['2.3.7', 2] as const]) {
      const { control, upserts } = await simulatorWithW1({ version })
      for (let copy = 0; copy < 2; copy++) control.inbound('w1', { from: MARIA, id: 'SAME' })
      control.inbound('w1', { from: MARIA, id: 'OTHER' })
      await soon(() => upserts().filter((data) => data.key.id === 'OTHER')).toHaveLength(1)
      await soon(() => upserts().filter((data) => data.key.id === 'SAME')).toHaveLength(times)
    }
  })

  it.each([
    ['2.3.6', { remoteJid: LID, remoteJidAlt: JID, addressingMode: 'lid' }],
    ['2.3.7', { remoteJid: JID, remoteJidAlt: JID, addressingMode: 'lid' }],
    ['2.4.0-rc2', { remoteJid: JID, remoteJidAlt: LID, addressingMode: 'pn' }],
  ])('from a LID with a phone has other addresses in %s; the row keeps the LID', async (version, key) => {
    const { control, upserts } = await simulatorWithW1({ version })
    control.inbound('w1', { from: LID, alt: MARIA })
    await soon(() => upserts().map((data) => data.key)).toMatchObject([key])
    expect(control.messages('w1')).toMatchObject([{ remoteJid: LID }])
  })

  it('of a group or a status depends on the settings', async () => {
    const { call, control, upserts } = await simulatorWithW1()
    const settings = { rejectCall: false, alwaysOnline: false, readMessages: false, syncFullHistory: false }
    const set = (more: object) => call('POST', '/settings/set/w1', { body: { ...settings, ...more } })
    const comeAndGo = () => {
      control.inbound('w1', { from: MARIA, group: GROUP })
      control.inbound('w1', { from: MARIA, isStatus: true })
    }
    await set({ groupsIgnore: true, readStatus: false })
    comeAndGo()
    await set({ groupsIgnore: false, readStatus: true })
    comeAndGo()
    await soon(() =>
      upserts()
        .map((data) => data.key.remoteJid)
        .toSorted(),
    ).toEqual([GROUP, 'status@broadcast'])
    expect(control.messages('w1')).toHaveLength(2)
  })

  it('can be read on our phone, which is an update with fromMe false', async () => {
    const { control, events } = await simulatorWithW1()
    const { id } = control.inbound('w1', { from: MARIA })
    control.receipts('w1', id, ['READ'])
    await soon(() => events('messages.update')).toMatchObject([{ keyId: id, fromMe: false, status: 'READ' }])
  })

  it('needs a paired instance', async () => {
    const { control } = await simulatorWithW1()
    control.addInstance({ name: 'new', state: 'close' })
    expect(() => control.inbound('new', { from: MARIA })).toThrow('has no phone')
  })
})

describe('inbound after an API logout and a new pairing', () => {
  const pairAgain = async ({ call, control }: Awaited<ReturnType<typeof simulatorWithW1>>) => {
    await soon(() => control.instance('w1').memory).toBe('close')
    // Until LOGOUT_INSTANCE is delivered a connect logs in with the dead session and is refused.
    const qrCount = async () => {
      await call('GET', '/instance/connect/w1')
      return control.instance('w1').qrCount
    }
    await expect.poll(qrCount, { timeout: 60_000 }).toBeGreaterThan(0)
    control.scan('w1')
  }

  it('is dead until Evolution restarts: no event and no row; sends and receipts continue', async () => {
    const opened = await simulatorWithW1()
    const { call, control, upserts, events } = opened
    await call('DELETE', '/instance/logout/w1')
    await pairAgain(opened)
    control.outcomes({ delivery: { afterMs: 0 } })
    await call('POST', '/message/sendText/w1', { body: { number: MARIA, text: 'um' } })
    control.inbound('w1', { from: MARIA, id: 'DEAD' })
    await soon(() => events('messages.update')).toHaveLength(1)
    expect([control.instance('w1').inboundDead, control.messages('w1').length]).toEqual([true, 1])
    await call('POST', '/instance/restart/w1')
    await soon(() => control.instance('w1').memory).toBe('open')
    control.inbound('w1', { from: MARIA, id: 'STILL DEAD' })
    control.restartEvolution({ absentMs: 0 })
    await soon(() => control.instance('w1').memory).toBe('open')
    control.inbound('w1', { from: MARIA, id: 'ALIVE' })
    await soon(() => upserts().map((data) => data.key.id)).toEqual(['ALIVE'])
  })

  it.each([
    ['a logout by the phone', '2.3.6', false],
    ['an API logout of 2.3.7', '2.3.7', false],
    ['an API logout of 2.3.6', '2.3.6', true],
  ])('after %s', async (what, version, dead) => {
    const opened = await simulatorWithW1({ version })
    if (what.includes('phone')) opened.control.logoutFromPhone('w1')
    else await opened.call('DELETE', '/instance/logout/w1')
    await pairAgain(opened)
    expect(opened.control.instance('w1').inboundDead).toBe(dead)
  })
})
