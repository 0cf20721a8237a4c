import { describe, expect, it } from 'vitest'
import type { OutcomePolicy, ReceiptStatus, SimulatorOptions } from '../src/index.ts'
import { plannedReceipts, toldOfBurst } from '../src/outcome-policy.ts'
import { type Json, openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const MARIA = '5511977776666'
const JID = `${MARIA}@s.whatsapp.net`

/** A simulator with the open instance `w1`, whose webhook has all events. */
async function simulatorWithW1(options: SimulatorOptions = {}) {
  const simulator = await openSimulator(options)
  const receiver = await openReceiver()
  const { id } = simulator.control.addInstance({ name: 'w1', webhook: { url: receiver.url, events: [] } })
  const send = async (number = MARIA): Promise<string> => {
    const answer = await simulator.call('POST', '/message/sendText/w1', { body: { number, text: 'um' } })
    expect(answer.status).toBe(201)
    return answer.body.key.id
  }
  const events = (word: string): Json[] =>
    receiver.got.filter(({ body }) => body.event === word).map(({ body }) => body.data)
  const updates = (): ReceiptStatus[] => events('messages.update').map((data) => data.status)
  /** Waits until everything that was on its way has arrived: a later message has come as far. */
  const settled = async () => {
    const last = await send('5511900000099')
    simulator.control.receipts('w1', last, ['PLAYED'])
    await soon(() => events('messages.update').some((data) => data.keyId === last)).toBe(true)
    return events('messages.update')
      .filter((data) => data.keyId !== last)
      .map((data): ReceiptStatus => data.status)
  }
  return { ...simulator, receiver, instanceId: id, send, events, updates, settled }
}

describe('a message that was sent', () => {
  it('is sent by SEND_MESSAGE after the answer, and its delivery by MESSAGES_UPDATE in the measured shape', async () => {
    const { call, control, events, instanceId } = await simulatorWithW1()
    control.outcomes({ delivery: { afterMs: 5 } })
    const { body } = await call('POST', '/message/sendText/w1', { body: { number: MARIA, text: 'um' } })
    await soon(() => events('send.message')).toEqual([body])
    await soon(() => events('messages.update')).toEqual([
      {
        keyId: body.key.id,
        remoteJid: JID,
        fromMe: true,
        status: 'DELIVERY_ACK',
        instanceId,
        messageId: expect.stringMatching(/^cm[0-9a-f]{23}$/),
      },
    ])
    expect(body.contextInfo).toMatchObject({ mentionedJid: [], disappearingMode: { initiator: 0 } })
    expect(control.messages('w1')).toEqual([
      { id: body.key.id, remoteJid: JID, fromMe: true, statuses: ['DELIVERY_ACK'] },
    ])
    expect(control.updates('w1')).toMatchObject([{ id: body.key.id, status: 'DELIVERY_ACK' }])
  })

  it.each<[string, OutcomePolicy, ReceiptStatus[]]>([
    ['nothing without a policy', {}, []],
    ['nothing of an acknowledgement', { ack: 'ok' }, []],
    ['nothing while the acknowledgement is withheld', { ack: 'withheld', delivery: { afterMs: 0 } }, []],
    ['ERROR of a refusal', { ack: 'error', delivery: { afterMs: 0 } }, ['ERROR']],
    ['ERROR of a late refusal', { ack: 'error', ackAfterMs: 60 }, ['ERROR']],
    ["SERVER_ACK of the phone's own copy", { serverAck: { afterMs: 0 } }, ['SERVER_ACK']],
    [
      'delivery, read and played one by one',
      { delivery: { afterMs: 0 }, read: { afterMs: 60 }, played: { afterMs: 120 } },
      ['DELIVERY_ACK', 'READ', 'PLAYED'],
    ],
    ['read before delivery', { read: { afterMs: 0 }, delivery: { afterMs: 60 } }, ['READ', 'DELIVERY_ACK']],
    [
      'only the last of a burst',
      { delivery: { afterMs: 9 }, read: { afterMs: 9 }, played: { afterMs: 9 } },
      ['PLAYED'],
    ],
    [
      'the delivery alone when it follows the read in a burst',
      {
        receipts: [
          { status: 'READ', afterMs: 9 },
          { status: 'DELIVERY_ACK', afterMs: 9 },
        ],
      },
      ['DELIVERY_ACK'],
    ],
    [
      'the error and a later delivery, and no second error',
      {
        ack: 'error',
        receipts: [
          { status: 'DELIVERY_ACK', afterMs: 60 },
          { status: 'ERROR', afterMs: 120 },
        ],
      },
      ['ERROR', 'DELIVERY_ACK'],
    ],
    [
      'doubled receipts once',
      { copies: 3, delivery: { afterMs: 0 }, read: { afterMs: 60 } },
      ['DELIVERY_ACK', 'READ'],
    ],
    ['no lost error', { ack: 'error', lost: ['ERROR'] }, []],
  ])('sends %s', async (_what, policy, told) => {
    const { control, send, updates, settled } = await simulatorWithW1()
    control.outcomes(policy)
    const id = await send()
    await soon(() => control.updates().map((update) => update.status)).toEqual(told)
    await soon(() => updates().toSorted()).toEqual(told.toSorted())
    // Wait for receipts that must not come: those planned, in real time.
    await new Promise((resolve) => setTimeout(resolve, 150))
    control.outcomes(null)
    expect((await settled()).toSorted()).toEqual(told.toSorted())
    expect(control.messages('w1').find((one) => one.id === id)?.statuses).toEqual(told)
  })

  it('sends ERROR and the delivery of one burst in two events, in any order', async () => {
    const { control, send, updates } = await simulatorWithW1()
    const id = await send()
    control.receipts('w1', id, ['ERROR', 'DELIVERY_ACK'])
    await soon(() => updates().toSorted()).toEqual(['DELIVERY_ACK', 'ERROR'])
  })

  it('has its own fate by recipient, instance, both, or none of them', async () => {
    const { control, send, updates } = await simulatorWithW1({ outcomes: { delivery: { afterMs: 0 } } })
    const expectNext = async (status: ReceiptStatus, number = MARIA) => {
      await send(number)
      await soon(() => updates().at(-1)).toBe(status)
    }
    await expectNext('DELIVERY_ACK')
    control.outcomes({ read: { afterMs: 0 } }, { name: 'w1' })
    await expectNext('READ')
    control.outcomes({ ack: 'error' }, { to: `+${MARIA}` })
    await expectNext('ERROR')
    await expectNext('READ', '5511977770001')
    control.outcomes({ serverAck: { afterMs: 0 } }, { name: 'w1', to: MARIA })
    await expectNext('SERVER_ACK')
    for (const scope of [{ name: 'w1', to: MARIA }, { to: MARIA }, { name: 'w1' }])
      control.outcomes(null, scope)
    await expectNext('DELIVERY_ACK')
  })

  it.each([
    ['lid', /^\d{15}@lid$/],
    ['device', /^5511977776666:3@s\.whatsapp\.net$/],
  ] as const)('is updated under another remoteJid: %s', async (receiptJid, shape) => {
    const { control, send, events } = await simulatorWithW1()
    control.outcomes({ receiptJid, delivery: { afterMs: 0 } })
    await send()
    await soon(() => events('messages.update')[0]?.remoteJid).toMatch(shape)
    const newer = await simulatorWithW1({ version: '2.4.0' })
    newer.control.outcomes({ receiptJid: 'device', delivery: { afterMs: 0 } })
    await newer.send()
    await soon(() => newer.events('messages.update')[0]?.remoteJid).toBe(JID)
  })

  it('to a group, which is known after a message from it, is sent errors only; the rest is stored', async () => {
    const { control, send, events } = await simulatorWithW1()
    const group = '120363000000000001@g.us'
    control.inbound('w1', { from: MARIA, group })
    const id = await send(group)
    control.receipts('w1', id, ['DELIVERY_ACK'])
    control.receipts('w1', id, ['ERROR'])
    await soon(() => events('messages.update')).toMatchObject([{ remoteJid: group, status: 'ERROR' }])
    expect(control.messages('w1').at(-1)?.statuses).toEqual(['DELIVERY_ACK', 'ERROR'])
  })

  it('loses all receipts of each fifth message', async () => {
    const { control, send } = await simulatorWithW1()
    control.outcomes({ loseEvery: 5, delivery: { afterMs: 0 } })
    for (let sent = 0; sent < 10; sent++) await send()
    await soon(() => control.updates()).toHaveLength(8)
  })
})

describe('plannedReceipts', () => {
  it('spreads receipts over the jitter, so their order changes', () => {
    const policy: OutcomePolicy = { delivery: { afterMs: 10 }, read: { afterMs: 20 }, jitterMs: 100 }
    const chances = [0.9, 0.1]
    expect(plannedReceipts(policy, 1, () => chances.shift() ?? 0)).toEqual([
      { afterMs: 30, statuses: ['READ'] },
      { afterMs: 100, statuses: ['DELIVERY_ACK'] },
    ])
  })

  it('of a burst reports the last receipt, and the error beside it', () => {
    expect(toldOfBurst(['DELIVERY_ACK', 'READ'])).toEqual(['READ'])
    expect(toldOfBurst(['DELIVERY_ACK', 'ERROR', 'READ'])).toEqual(['ERROR', 'READ'])
    expect(toldOfBurst(['ERROR', 'ERROR'])).toEqual(['ERROR'])
  })
})

describe('an update that Evolution drops', () => {
  it('is one whose row is not in the table yet; its repeat is suppressed, and a later status is sent', async () => {
    const { control, send, updates, settled } = await simulatorWithW1()
    control.rowLate(60)
    control.outcomes({
      ack: 'error',
      receipts: [
        { status: 'ERROR', afterMs: 90 },
        { status: 'DELIVERY_ACK', afterMs: 150 },
      ],
    })
    await send()
    await soon(updates).toEqual(['DELIVERY_ACK'])
    control.outcomes(null)
    expect(await settled()).toEqual(['DELIVERY_ACK'])
  })

  it.each([
    [{ newMessage: false, historic: true }, [], undefined],
    [{ newMessage: false, historic: false }, ['DELIVERY_ACK'], false],
    [{ newMessage: true, messageUpdate: false }, ['DELIVERY_ACK'], true],
  ])('depends on what is stored: %o', async (save, told, hasRowId) => {
    const { control, send, events } = await simulatorWithW1({ save })
    control.outcomes({ delivery: { afterMs: 0 } })
    const id = await send()
    control.receipts('w1', id, ['DELIVERY_ACK'])
    // SEND_MESSAGE is sent with saving off as well, after the events that must precede it.
    await soon(() => events('send.message')).toHaveLength(1)
    await soon(() => control.updates().map((one) => one.status)).toEqual(told)
    if (hasRowId === undefined) return
    await soon(() => events('messages.update')).toHaveLength(1)
    expect('messageId' in events('messages.update')[0]).toBe(hasRowId)
    expect(control.messages('w1')[0]?.statuses).toEqual([])
  })

  it('is one of a message that is no longer kept, and the repeat of one that was sent', async () => {
    const { control, send, updates } = await simulatorWithW1({ keptMessages: 2 })
    const [first = '', second = ''] = [await send(), await send(), await send()]
    expect(() => control.receipts('w1', first, ['READ'])).toThrow('has no message')
    for (let time = 0; time < 3; time++) control.receipts('w1', second, ['READ'])
    expect(control.updates()).toHaveLength(1)
    await soon(updates).toEqual(['READ'])
  })

  it('is sent again after a restart of Evolution, and from 2.3.7 on after a second', async () => {
    const { control, send } = await simulatorWithW1()
    const id = await send()
    control.receipts('w1', id, ['READ'])
    control.restartEvolution({ absentMs: 0 })
    await soon(() => control.instance('w1').memory).toBe('open')
    control.receipts('w1', id, ['READ'])
    expect(control.updates().map((one) => one.status)).toEqual(['READ', 'READ'])
  })
})

describe('the time after a login', () => {
  it('holds an error back, and a delivery overwrites it', async () => {
    const { control, send, settled } = await simulatorWithW1()
    control.bufferAfterLogin(60_000)
    control.drop('w1')
    control.recover('w1')
    const refused = await send()
    control.receipts('w1', refused, ['ERROR'])
    expect(control.updates()).toEqual([])
    control.receipts('w1', refused, ['DELIVERY_ACK'])
    expect(control.updates().map((one) => one.status)).toEqual(['DELIVERY_ACK'])
    expect(await settled()).toEqual(['DELIVERY_ACK'])
  })

  it('ends: the error and what waited at WhatsApp are sent then, with the original time', async () => {
    const { control, send, events, updates } = await simulatorWithW1()
    control.bufferAfterLogin(200)
    const delivered = await send()
    const refused = await send()
    control.drop('w1')
    control.receipts('w1', delivered, ['DELIVERY_ACK'])
    control.inbound('w1', { from: MARIA, sentAt: '2026-01-02T03:04:05.000Z' })
    control.recover('w1')
    control.receipts('w1', refused, ['ERROR'])
    expect(control.updates()).toEqual([])
    await soon(() => updates().toSorted()).toEqual(['DELIVERY_ACK', 'ERROR'])
    await soon(() => events('messages.upsert').map((data) => data.messageTimestamp)).toEqual([1_767_323_045])
  })

  it('forgets what it held back when Evolution restarts', async () => {
    const { control, send, settled } = await simulatorWithW1()
    control.bufferAfterLogin(60_000)
    control.drop('w1')
    control.recover('w1')
    const refused = await send()
    control.receipts('w1', refused, ['ERROR'])
    control.bufferAfterLogin(0)
    control.restartEvolution({ absentMs: 0 })
    await soon(() => control.instance('w1').memory).toBe('open')
    expect(await settled()).toEqual([])
  })
})
