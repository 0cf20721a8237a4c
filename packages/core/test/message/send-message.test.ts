import { setTimeout as rest } from 'node:timers/promises'
import { createEvolution, type SendVerdict } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  blockContact,
  callOf,
  cancelMessage,
  getMessage,
  getReservation,
  linkContact,
  listMessages,
  reportOutcomes,
  type SendInput,
  sendMessage,
  setPreference,
  sweepMessages,
  takeEvents,
  waitForEvents,
  watchMessages,
} from '../../src/index.ts'
import { carryLane } from '../../src/message/carry-lane.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const simulator = await startSimulator({ timeScale: 0 })
const { control } = simulator
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
const { fleet, sql, clock, another } = await testFleet({ evolution })
const call = callOf(fleet)
const PERSON = '5511977776666'
const START = '2026-05-05T12:00:00Z'

afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
beforeEach(async () => {
  // Lanes are given back after the answer.
  await fleet.messages.idle()
  // Work that is not waited for, such as the outcome of the last message, may hold locks in another order.
  await vi.waitFor(
    async () => {
      await clearFleet(sql)
      await emptyTables(
        sql,
        'zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes, zapfleet.unmatched_outcomes',
      )
    },
    { timeout: 60_000 },
  )
  for (const { name } of control.instances()) control.removeInstance(name)
  control.clearFaults()
  before = control.sent().length
  clock.at = null
})

/** Connected numbers, on Evolution too. */
async function numbers(...names: string[]): Promise<void> {
  for (const name of names) control.addInstance({ name })
  await addInstances(sql, names)
}

const text = (words: string, more: Partial<SendInput> = {}): SendInput => ({
  to: PERSON,
  text: words,
  ...more,
})
let before = 0
const arrived = (): string[] =>
  control
    .sent()
    .slice(before)
    .map((one) => `${one.instance}: ${one.text}`)
const counters = async (): Promise<unknown> =>
  Object.fromEntries(
    (await sql('select nome, msgs_enviadas_hora n from whatsapp_instances order by 1')).map((row) => [
      row.nome,
      row.n,
    ]),
  )
const lanes = async (): Promise<number> => (await sql('select 1 from zapfleet.message_lanes')).length
const contents = async (): Promise<unknown[]> =>
  (await sql('select content from zapfleet.messages order by id')).map((row) => row.content)

/** Evolution answers the next send when `give` is called. */
function answerLater() {
  let give: (verdict: SendVerdict) => void = () => {}
  const isWaiting = new Promise<void>((resolve) => {
    vi.spyOn(evolution, 'send').mockImplementationOnce(() => {
      resolve()
      return new Promise<SendVerdict>((answer) => {
        give = answer
      })
    })
  })
  // Else a test that fails leaves its lane held.
  onTestFinished(() => give({ sent: 'no', why: 'line_down', elsewhere: false, words: 'closed' }))
  return { isWaiting, give: (verdict: SendVerdict) => give(verdict) }
}

describe('a message that is sent at once', () => {
  it('is sent once by the contact’s number, counted, and linked with its seat', async () => {
    await numbers('vendas')
    const message = await sendMessage(call, text('olá'))
    expect(message).toMatchObject({
      to: PERSON,
      contactId: PERSON,
      state: 'sent',
      instanceName: 'vendas',
      kind: 'new',
      notBefore: null,
      validUntil: null,
      deliveredAt: null,
      attempts: [{ instanceName: 'vendas', result: 'sent' }],
      error: null,
    })
    expect(arrived()).toEqual(['vendas: olá'])
    expect(await counters()).toEqual({ vendas: 1 })
    const seat = await getReservation(fleet, { id: message.reservationId ?? '' })
    expect(seat).toMatchObject({ state: 'confirmed', messageId: message.messageId, contactId: PERSON })
    expect(await contents()).toEqual([null])
    await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
    expect(await getMessage(fleet, { id: message.id })).toEqual(message)
  })

  it('to a number as it is written within the country goes to that number, and is of its contact', async () => {
    await numbers('vendas')
    const message = await sendMessage(call, text('olá', { to: '(51) 98765-4321' }))
    expect(message).toMatchObject({ to: '(51) 98765-4321', state: 'sent' })
    const [seat] = await sql('select contact_id from zapfleet.reservations')
    expect(seat).toEqual({ contact_id: '5551987654321' })
    expect(control.sent().at(-1)).toMatchObject({ jid: '555187654321@s.whatsapp.net' })
    await expect(sendMessage(call, text('olá', { to: '98765-0001' }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('got "98765-0001"'),
    })
    expect(await counters()).toEqual({ vendas: 1 })
  })

  it('to a group waits for the number of its contact, also under an id of the caller', async () => {
    await numbers('a', 'b')
    await setPreference(fleet, { id: 'team-7', instanceName: 'b' })
    await sql(`update whatsapp_instances set pausada = true where nome = 'b'`)
    await fleet.engine.snapshot.refresh()
    await expect(
      sendMessage(call, text('olá', { to: '120363041234567890@g.us', contactId: 'team-7' })),
    ).rejects.toMatchObject({ code: 'NO_CAPACITY' })
    expect(arrived()).toEqual([])
  })

  it('is one message under one idempotency key, also when four calls come at once', async () => {
    await numbers('vendas')
    const sends = await Promise.all(
      [1, 2, 3, 4].map(() => sendMessage(call, text('olá', { idempotencyKey: 'pedido-1' }))),
    )
    const again = await sendMessage(call, text('olá', { idempotencyKey: 'pedido-1' }))
    expect(new Set([...sends, again].map((one) => one.id)).size).toBe(1)
    expect([...sends, again].map((one) => one.state)).toEqual(Array(5).fill('sent'))
    expect([arrived(), await counters()]).toEqual([['vendas: olá'], { vendas: 1 }])
    await expect(sendMessage(call, text('outro', { idempotencyKey: 'pedido-1' }))).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })

  it('answers each of many calls to one contact why no number can send, and when one can', async () => {
    await addInstances(sql, ['a'], { hour: 0 })
    const calls = Array.from({ length: 16 }, (_, index) => sendMessage(call, text(String(index))))
    for (const answer of await Promise.allSettled(calls))
      expect(answer).toMatchObject({ reason: { code: 'NO_CAPACITY', reasons: { HOURLY_LIMIT: 1 } } })
    expect([await listMessages(fleet), await counters()]).toEqual([[], { a: 0 }])
  })

  it('goes out in the lane of the contact that its contact is an alias of', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    await linkContact(fleet, { id: PERSON, alias: 'crm-42' })
    const messages = [
      await sendMessage(call, text('1', { validForS: 600 })),
      await sendMessage(call, text('2', { validForS: 600, contactId: 'crm-42' })),
    ]
    expect(await lanes()).toBe(1)
    expect(messages[1]).toMatchObject({ to: PERSON, contactId: 'crm-42' })
  })

  it('frees the key of a message that has ended a day later', async () => {
    await numbers('vendas')
    clock.set(START)
    const first = await sendMessage(call, text('olá', { idempotencyKey: 'diario' }))
    clock.set('2026-05-06T11:59:59Z')
    expect((await sendMessage(call, text('olá', { idempotencyKey: 'diario' }))).id).toBe(first.id)
    clock.set('2026-05-06T12:00:01Z')
    expect((await sendMessage(call, text('olá', { idempotencyKey: 'diario' }))).id).not.toBe(first.id)
  })

  it('is refused with NO_CAPACITY where no number can send, and nothing is stored', async () => {
    await addInstances(sql, ['vendas'], { status: 'disconnected' })
    await expect(sendMessage(call, text('olá', { idempotencyKey: 'k' }))).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      reasons: { DISCONNECTED: 1 },
    })
    expect(await listMessages(fleet)).toEqual([])
    await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
    await sql(`update whatsapp_instances set status = 'connected'`)
    control.addInstance({ name: 'vendas' })
    expect(await sendMessage(call, text('olá', { idempotencyKey: 'k' }))).toMatchObject({ state: 'sent' })
  })

  it('is refused for a contact who is blocked, also where it may wait', async () => {
    await numbers('vendas')
    await blockContact(fleet, { id: '5511977770000' })
    for (const validForS of [0, 600]) {
      await fleet.messages.idle()
      await expect(sendMessage(call, text('olá', { to: '5511977770000', validForS }))).rejects.toMatchObject({
        code: 'CONTACT_BLOCKED',
      })
    }
    expect([await listMessages(fleet), arrived()]).toEqual([[], []])
    await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
  })

  it('sends a file of several megabytes, from the queue too', async () => {
    await numbers('a')
    await sql('update whatsapp_instances set pausada = true')
    const media = {
      kind: 'document',
      base64: 'aGVs'.repeat(1_000_000),
      fileName: 'a.pdf',
      caption: 'olá',
    } as const
    const message = await sendMessage(call, { to: PERSON, media, validForS: 600 })
    expect(message.state).toBe('queued')
    await sql('update whatsapp_instances set pausada = false')
    const [lane] = await fleet.messages.take(10, 60)
    if (lane) await carryLane(call, lane)
    expect(await getMessage(fleet, message)).toMatchObject({ state: 'sent' })
    expect(control.received()[`${PERSON}@s.whatsapp.net`]?.at(-1)).toMatchObject({ kind: 'document' })
    expect(await sendMessage(call, { to: PERSON, media })).toMatchObject({ state: 'sent' })
  })

  it('goes by another number where the first surely did not send it, and gives the seat back', async () => {
    await numbers('a', 'b')
    control.deadConnection('a', 'closed')
    const message = await sendMessage(call, text('olá'))
    expect(message).toMatchObject({ state: 'sent', instanceName: 'b' })
    expect(message.attempts.map((one) => [one.instanceName, one.result])).toEqual([
      ['a', 'line_down'],
      ['b', 'sent'],
    ])
    expect(await counters()).toEqual({ a: 0, b: 1 })
  })

  it('fails after the numbers that it may be tried by', async () => {
    await numbers('a', 'b', 'c')
    for (const name of ['a', 'b', 'c']) control.deadConnection(name, 'closed')
    const message = await sendMessage(call, text('olá', { failover: 1 }))
    expect(message).toMatchObject({ state: 'failed', error: expect.stringContaining('It was not sent') })
    expect(message.attempts).toHaveLength(2)
    expect([await counters(), await contents()]).toEqual([{ a: 0, b: 0, c: 0 }, [null]])
    await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
  })

  it('fails at the first number where the person has no WhatsApp', async () => {
    await numbers('a', 'b')
    control.setNumberMissing('5511912345678', true)
    const message = await sendMessage(call, text('olá', { to: '5511912345678', validForS: 600 }))
    expect(message).toMatchObject({ state: 'failed', attempts: [{ result: 'no_whatsapp' }] })
    expect(await counters()).toEqual({ a: 0, b: 0 })
  })

  it('takes its turn behind an earlier message to the same contact', async () => {
    await numbers('a')
    const sends = ['1', '2', '3', '4', '5'].map((words) => sendMessage(call, text(words)))
    expect((await Promise.all(sends)).map((one) => one.state)).toEqual(Array(5).fill('sent'))
    expect(arrived()).toEqual(['a: 1', 'a: 2', 'a: 3', 'a: 4', 'a: 5'])
  })
})

describe('a message of which it is not certain whether it was sent', () => {
  it('stays in sending, is never sent again, and is sent as soon as an event links its seat', async () => {
    await numbers('a', 'b')
    control.fault({ kind: 'answer_lost', times: 1 })
    const message = await sendMessage(call, text('olá', { validForS: 600 }))
    expect(message).toMatchObject({ state: 'sending', error: expect.stringContaining('not certain') })
    expect([arrived(), await counters()]).toEqual([['a: olá'], { a: 1, b: 0 }])
    await fleet.messages.idle()
    expect(await sweepMessages(fleet)).toEqual({ sent: 0, unknown: 0, expired: 0 })
    await sql(`update zapfleet.reservations set message_id = '3EB0'`)
    expect(await sweepMessages(fleet)).toEqual({ sent: 1, unknown: 0, expired: 0 })
    expect(await getMessage(fleet, message)).toMatchObject({
      state: 'sent',
      messageId: '3EB0',
      error: null,
      attempts: [{ instanceName: 'a', result: 'sent' }],
    })
    expect([arrived(), await contents()]).toEqual([['a: olá'], [null]])
  })

  it('is unknown two minutes after it was handed to Evolution, and what arrives later still counts', async () => {
    await numbers('a')
    clock.set(START)
    control.fault({ kind: 'reset', times: 1, match: { route: 'message/sendText' } })
    const message = await sendMessage(call, text('olá'))
    expect(message.state).toBe('sending')
    clock.set('2026-05-05T12:01:59Z')
    expect(await sweepMessages(fleet)).toMatchObject({ unknown: 0 })
    clock.set('2026-05-05T12:02:00Z')
    expect(await sweepMessages(fleet)).toMatchObject({ unknown: 1 })
    const unknown = await getMessage(fleet, message)
    expect(unknown).toMatchObject({ state: 'unknown', attempts: [{ result: 'unknown' }] })
    expect([await counters(), await contents()]).toEqual([{ a: 1 }, [null]])
    await sql(`update zapfleet.reservations set message_id = '3EB0'`)
    await reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId: '3EB0', status: 'delivered' }] })
    expect(await getMessage(fleet, message)).toMatchObject({
      state: 'delivered',
      messageId: '3EB0',
      error: null,
    })
  })

  it('is sent where the event of its send arrives after it became unknown', async () => {
    await numbers('a')
    control.fault({ kind: 'answer_lost', times: 1 })
    const message = await sendMessage(call, text('olá', { validForS: 600 }))
    await sql(`update zapfleet.messages set sending_at = sending_at - interval '2 minutes'`)
    expect(await sweepMessages(fleet)).toMatchObject({ unknown: 1 })
    await takeSend('3EB0AAAA')
    expect(await sweepMessages(fleet)).toMatchObject({ sent: 1 })
    expect(await getMessage(fleet, message)).toMatchObject({
      state: 'sent',
      messageId: '3EB0AAAA',
      error: null,
      attempts: [{ result: 'sent' }],
    })
    expect(await sweepMessages(fleet)).toEqual({ sent: 0, unknown: 0, expired: 0 })
  })

  it('is found by a scheduler also while no message waits', async () => {
    await numbers('a')
    const ended = new AbortController()
    const watch = watchMessages(call, ended.signal, { sweepEveryMs: 50, emptySweepEveryMs: 50 })
    control.fault({ kind: 'answer_lost', times: 1 })
    const message = await sendMessage(call, text('olá', { validForS: 600 }))
    const stateOf = async () => (await getMessage(fleet, message)).state
    await sql(`update zapfleet.messages set sending_at = sending_at - interval '2 minutes'`)
    await expect.poll(stateOf, { timeout: 60_000 }).toBe('unknown')
    await rest(300)
    await takeSend('3EB0BBBB')
    await expect.poll(stateOf, { timeout: 60_000 }).toBe('sent')
    ended.abort()
    await watch
  })

  it.each([
    ['no event about it came', undefined, { failover: 1 }, { state: 'sent', instanceName: 'b' }],
    ['it was delivered', 'delivered', { failover: 0 }, { state: 'failed', deliveredAt: null }],
    ['it was delivered, and others could be tried', 'delivered', { failover: 1 }, { state: 'failed' }],
    ['it failed', 'failed', { failover: 0 }, { state: 'failed', error: expect.stringContaining('closed') }],
  ] as const)(
    'is not taken for another one to the contact by the same number: %s',
    async (_, status, more, expected) => {
      await numbers('a', 'b')
      await setPreference(fleet, { id: PERSON, instanceName: 'a' })
      const answer = answerLater()
      const sending = sendMessage(call, text('olá', more))
      await answer.isWaiting
      await linkAnother(status)
      answer.give({ sent: 'no', why: 'line_down', elsewhere: true, words: 'closed' })
      const message = await sending
      expect(message).toMatchObject({
        ...expected,
        attempts: [{ instanceName: 'a', result: 'line_down' }, {}].slice(0, message.attempts.length),
      })
      expect(message.messageId).not.toBe('ANOTHER')
      expect(arrived()).toEqual(message.state === 'sent' ? ['b: olá'] : [])
      await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
    },
  )

  it.each([undefined, 'delivered', 'failed'] as const)(
    'has the id of its answer, where an event had given it another: %s',
    async (status) => {
      await numbers('a')
      const answer = answerLater()
      const sending = sendMessage(call, text('olá'))
      await answer.isWaiting
      await linkAnother(status)
      answer.give({ sent: 'yes', messageId: 'ITS-OWN' })
      expect(await sending).toMatchObject({
        state: 'sent',
        messageId: 'ITS-OWN',
        deliveredAt: null,
        error: null,
        attempts: [{ result: 'sent' }],
      })
    },
  )

  /** The event of another message to the contact by a, perhaps also its outcome, before its own program confirms it. */
  async function linkAnother(status?: 'delivered' | 'failed'): Promise<void> {
    await takeSend('ANOTHER')
    expect(await sql('select message_id from zapfleet.reservations')).toEqual([{ message_id: 'ANOTHER' }])
    if (status) await reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId: 'ANOTHER', status }] })
    await sweepMessages(fleet)
  }

  async function takeSend(messageId: string): Promise<void> {
    const sends = [{ messageId, jid: `${PERSON}@s.whatsapp.net`, sentAtMs: null }]
    takeEvents(fleet, 'websocket', { instance: 'a', outcomes: [], sends, inbound: [], lids: [] })
    await waitForEvents(fleet)
  }

  it('holds back the messages to the same contact, and no others', async () => {
    await numbers('a')
    control.fault({ kind: 'answer_lost', times: 1 })
    await sendMessage(call, text('1', { validForS: 600 }))
    const second = await sendMessage(call, text('2', { validForS: 600 }))
    expect(second.state).toBe('queued')
    await expect(sendMessage(call, text('3'))).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      message: expect.stringContaining('not certain yet'),
    })
    const refused =
      'select state from zapfleet.message_changes where message_id not in (select id from zapfleet.messages)'
    expect(await sql(refused)).toEqual([])
    expect(await sendMessage(call, { to: '5511900000001', text: '3' })).toMatchObject({ state: 'sent' })
  })
})

describe('what becomes of a message', () => {
  it('follows the outcome of its seat, forward only', async () => {
    await numbers('a')
    const { id, messageId } = await sendMessage(call, text('olá'))
    const report = (status: 'sent' | 'delivered' | 'read' | 'failed', at: string, error?: string) =>
      reportOutcomes(fleet, {
        events: [{ instanceName: 'a', messageId: messageId ?? '', status, at: new Date(at), error }],
      })
    await report('failed', '2026-05-05T12:00:00Z', '463')
    expect(await getMessage(fleet, { id })).toMatchObject({
      state: 'failed',
      error: 'WhatsApp refused it (463).',
    })
    await report('read', '2026-05-05T12:00:02Z')
    const read = await getMessage(fleet, { id })
    expect(read).toMatchObject({
      state: 'read',
      readAt: '2026-05-05T12:00:02.000Z',
      deliveredAt: '2026-05-05T12:00:02.000Z',
      error: null,
    })
    await report('delivered', '2026-05-05T12:00:03Z')
    await report('failed', '2026-05-05T12:00:04Z')
    expect(await getMessage(fleet, { id })).toEqual(read)
    const states = await sql('select state from zapfleet.message_changes order by xid, seq')
    expect(states.map((row) => row.state)).toEqual(['sending', 'sent', 'failed', 'read'])
  })
})

describe('the queue', () => {
  it('takes a message that no number can send now, with the reason why it waits', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    const message = await sendMessage(call, text('olá', { validForS: 600 }))
    expect(message).toMatchObject({ state: 'queued', error: expect.stringContaining('1 DISCONNECTED') })
    expect(Date.parse(message.validUntil ?? '') - Date.parse(message.createdAt)).toBe(600_000)
    expect(await contents()).toEqual([{ text: 'olá' }])
  })

  it('keeps a message with a moment until that moment', async () => {
    await numbers('a')
    clock.set(START)
    const message = await sendMessage(call, text('olá', { sendAt: new Date('2026-05-05T15:00:00Z') }))
    expect(message).toMatchObject({
      state: 'queued',
      notBefore: '2026-05-05T15:00:00.000Z',
      validUntil: '2026-05-05T15:01:00.000Z',
    })
    expect(await fleet.messages.take(10, 60)).toEqual([])
    clock.set('2026-05-05T15:00:00Z')
    const [lane] = await fleet.messages.take(10, 0)
    if (lane) await carryLane(call, lane)
    expect(await getMessage(fleet, message)).toMatchObject({ state: 'sent' })
    expect(await lanes()).toBe(0)
  })

  it('takes a moment that has passed for the present one', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    const first = await sendMessage(call, text('1', { validForS: 600 }))
    const second = await sendMessage(
      call,
      text('2', { validForS: 600, sendAt: new Date(Date.now() - 3_600_000) }),
    )
    expect(second.notBefore).toBeNull()
    expect(Date.parse(second.validUntil ?? '')).toBeGreaterThan(Date.parse(first.validUntil ?? ''))
    await sql(`update whatsapp_instances set status = 'connected'`)
    control.addInstance({ name: 'a' })
    await fleet.messages.idle()
    for (const lane of await fleet.messages.take(10, 3_600)) await carryLane(call, lane)
    expect(arrived()).toEqual(['a: 1', 'a: 2'])
  })

  it('sends a message at once to a contact who has one for later', async () => {
    await numbers('a')
    const later = await sendMessage(call, text('depois', { sendAt: new Date(Date.now() + 3_600_000) }))
    expect(await sendMessage(call, text('agora'))).toMatchObject({ state: 'sent' })
    expect(await getMessage(fleet, later)).toMatchObject({ state: 'queued' })
    expect(arrived()).toEqual(['a: agora'])
    await expect
      .poll(async () => (await sql('select holder from zapfleet.message_lanes'))[0]?.holder, {
        timeout: 60_000,
      })
      .toBeNull()
  })

  it('sends a message at once that comes while its lane is given back for a later one', async () => {
    await numbers('a')
    await sendMessage(call, text('depois', { sendAt: new Date(Date.now() + 3_600_000) }))
    const { giveBack } = fleet.messages
    let second: Promise<unknown> | undefined
    fleet.messages.giveBack = async (lane, end) => {
      if ('retryAt' in end && !second) {
        second = sendMessage(call, text('2', { validForS: 600 }))
        await expect.poll(() => listMessages(fleet), { timeout: 60_000 }).toHaveLength(3)
      }
      return giveBack(lane, end)
    }
    expect(await sendMessage(call, text('1'))).toMatchObject({ state: 'sent' })
    await expect.poll(() => arrived(), { timeout: 60_000 }).toEqual(['a: 1', 'a: 2'])
    await second
    fleet.messages.giveBack = giveBack
  })

  it('keeps the order of a contact who gets another id by a link', async () => {
    await numbers('a')
    await sql('update whatsapp_instances set pausada = true')
    const lid = '77001122334455@lid'
    const one = await sendMessage(call, text('1', { validForS: 600, contactId: 'crm-42' }))
    await linkContact(fleet, { id: PERSON, alias: 'crm-42' })
    await sendMessage(call, text('2', { validForS: 600 }))
    await sendMessage(call, text('3', { validForS: 600, contactId: lid }))
    takeEvents(fleet, 'websocket', {
      instance: 'a',
      outcomes: [],
      sends: [],
      inbound: [],
      lids: [{ lid, phone: `${PERSON}@s.whatsapp.net` }],
    })
    await waitForEvents(fleet)
    await sql('update whatsapp_instances set pausada = false')
    await fleet.engine.snapshot.refresh()
    await sendMessage(call, text('4', { validForS: 600 }))
    await expect.poll(arrived, { timeout: 60_000 }).toEqual(['a: 1', 'a: 2', 'a: 3', 'a: 4'])
    await fleet.messages.idle()
    expect(await lanes()).toBe(0)
    expect((await getMessage(fleet, one)).contactId).toBe('crm-42')
  })

  it('waits for the message of an alias that is being sent while the alias is linked', async () => {
    await numbers('a')
    const answer = answerLater()
    const first = sendMessage(call, text('1', { validForS: 600, contactId: 'crm-42' }))
    await answer.isWaiting
    const behind = await sendMessage(call, text('2', { validForS: 600, contactId: 'crm-42' }))
    await linkContact(fleet, { id: PERSON, alias: 'crm-42' })
    const last = await sendMessage(call, text('3', { validForS: 600 }))
    expect(arrived()).toEqual([])
    answer.give({ sent: 'yes', messageId: 'FIRST' })
    expect(await first).toMatchObject({ state: 'sent', messageId: 'FIRST' })
    await fleet.messages.idle()
    for (const lane of await fleet.messages.take(10, 60)) await carryLane(call, lane)
    expect(arrived()).toEqual(['a: 2', 'a: 3'])
    for (const message of [behind, last])
      expect(await getMessage(fleet, message)).toMatchObject({ state: 'sent' })
    expect(await lanes()).toBe(0)
  })

  it('answers calls with one key alike where no number can send', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    const calls = Array.from({ length: 8 }, () => sendMessage(call, text('olá', { idempotencyKey: 'k' })))
    const answers = await Promise.allSettled(calls)
    expect(answers.map((one) => (one.status === 'rejected' ? one.reason.code : one.value.state))).toEqual(
      Array(8).fill('NO_CAPACITY'),
    )
    expect(await listMessages(fleet)).toEqual([])
  })

  it('sends what waited before a message that goes at once, in the order of their contact', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    const first = await sendMessage(call, text('1', { validForS: 600 }))
    await expect(sendMessage(call, text('2'))).rejects.toMatchObject({ code: 'NO_CAPACITY' })
    await sql(`update whatsapp_instances set status = 'connected'`)
    control.addInstance({ name: 'a' })
    expect(await sendMessage(call, text('3'))).toMatchObject({ state: 'sent' })
    expect(await getMessage(fleet, first)).toMatchObject({ state: 'sent' })
    expect(arrived()).toEqual(['a: 1', 'a: 3'])
    await expect.poll(lanes, { timeout: 60_000 }).toBe(0)
  })

  it('makes a lane again for messages that have none', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    clock.set(START)
    await sendMessage(call, text('1', { validForS: 3_600 }))
    await sendMessage(call, text('2', { validForS: 3_600 }))
    await sql('truncate zapfleet.message_lanes')
    clock.set('2026-05-05T12:01:01Z')
    const ended = new AbortController()
    const watch = watchMessages(call, ended.signal)
    await expect.poll(lanes, { timeout: 60_000 }).toBe(1)
    ended.abort()
    await watch
  })

  it('are swept often while one waits, and only looked for, rarely, while none does', async () => {
    const sweeps = vi.fn()
    const looks = vi.fn()
    const readTogether: typeof fleet.sql.readTogether = async (one, values) => {
      looks()
      return fleet.sql.readTogether<never>(one, values)
    }
    const run: typeof fleet.sql.run = async (one, values) => {
      const rows = await fleet.sql.run<never>(one, values)
      if (one.name.includes('sweep_messages')) sweeps()
      return rows
    }
    const hour = 3_600_000
    const watch = (times: { sweepEveryMs: number; emptySweepEveryMs: number }) => {
      sweeps.mockClear()
      const ended = new AbortController()
      const watched = watchMessages(
        { ...call, fleet: { ...fleet, sql: { ...fleet.sql, run, readTogether } } },
        ended.signal,
        times,
      )
      return async () => {
        ended.abort()
        await watched
      }
    }
    const endEmpty = watch({ sweepEveryMs: hour, emptySweepEveryMs: 5 })
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(2), 60_000)
    await endEmpty()
    expect(sweeps).toHaveBeenCalledTimes(1)
    looks.mockClear()
    await addInstances(sql, ['a'], { status: 'disconnected' })
    await sendMessage(call, text('1', { validForS: 3_600 }))
    const endWaiting = watch({ sweepEveryMs: 5, emptySweepEveryMs: hour })
    await vi.waitFor(() => expect(sweeps.mock.calls.length).toBeGreaterThan(2), 60_000)
    await endWaiting()
    expect(looks).not.toHaveBeenCalled()
  })

  it('expires a message that no number could send in time', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    clock.set(START)
    const message = await sendMessage(call, text('olá', { validForS: 600 }))
    clock.set('2026-05-05T12:10:01Z')
    expect(await sweepMessages(fleet)).toMatchObject({ expired: 1 })
    expect(await getMessage(fleet, message)).toMatchObject({
      state: 'expired',
      error: expect.stringContaining('1 DISCONNECTED'),
    })
    expect(await contents()).toEqual([null])
    const [lane] = await fleet.messages.take(10, 0)
    if (lane) await carryLane(call, lane)
    expect(await lanes()).toBe(0)
  })

  it('cancels a message that waits, for its key and for admins, and no other', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    const { id } = await sendMessage(call, text('olá', { validForS: 600 }), 'the bot')
    await expect(cancelMessage(fleet, { id }, 'another')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await cancelMessage(fleet, { id }, 'the bot')).toMatchObject({ state: 'canceled' })
    expect(await cancelMessage(fleet, { id })).toMatchObject({ state: 'canceled' })
    expect(await contents()).toEqual([null])
    await sql(`update whatsapp_instances set status = 'connected'`)
    control.addInstance({ name: 'a' })
    const sent = await sendMessage(call, text('olá'))
    await expect(cancelMessage(fleet, sent)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(cancelMessage(fleet, { id: '0193e4ae-0000-7000-8000-000000000000' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(arrived()).toEqual(['a: olá'])
  })

  it('refuses messages that may wait while it is full', async () => {
    const full = await another({ queueLimits: { messages: 2 } })
    await addInstances(sql, ['a'], { status: 'disconnected' })
    for (const to of ['1', '2'])
      await sendMessage(callOf(full), { to: `551190000000${to}`, text: 'olá', validForS: 60 })
    await expect(sendMessage(callOf(full), text('olá', { validForS: 60 }))).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringContaining('2 messages wait'),
    })
  })

  it('lists messages by state, contact and number, page by page', async () => {
    await numbers('a')
    for (const words of ['1', '2', '3']) await sendMessage(call, text(words))
    await sendMessage(call, { to: '5511900000001', text: '4' })
    const all = await listMessages(fleet)
    expect(all).toHaveLength(4)
    expect(await listMessages(fleet, { limit: 2 })).toEqual(all.slice(0, 2))
    expect(await listMessages(fleet, { limit: 2, before: all[1]?.id })).toEqual(all.slice(2))
    expect(await listMessages(fleet, { contactId: '+55 11 97777-6666', state: 'sent' })).toHaveLength(3)
    expect(await listMessages(fleet, { instanceName: 'b' })).toEqual([])
    expect(await listMessages(fleet, { state: 'queued' })).toEqual([])
  })
})

describe('a process that ended in the middle', () => {
  it('leaves a seat that the next one uses, where nothing was sent', async () => {
    await numbers('a')
    await addInstances(sql, ['b'], { status: 'disconnected' })
    const killed = await startKilled()
    killed.messages.start = () => new Promise(() => {})
    sendMessage(callOf(killed), text('olá', { validForS: 600 })).catch(() => {})
    await expect.poll(counters, { timeout: 60_000 }).toEqual({ a: 1, b: 0 })
    await endLeases()
    await takeAll()
    expect([arrived(), await counters()]).toEqual([['a: olá'], { a: 1, b: 0 }])
    expect(await listMessages(fleet)).toMatchObject([{ state: 'sent' }])
  })

  it('leaves the message, and its seat, to the process that has the lane meanwhile', async () => {
    await numbers('a')
    const stopped = await startKilled()
    const { start } = stopped.messages
    let goOn = (): void => {}
    stopped.messages.start = async (started) => {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      return start(started)
    }
    const sending = sendMessage(callOf(stopped), text('olá', { validForS: 600 }))
    await expect.poll(counters, { timeout: 60_000 }).toEqual({ a: 1 })
    await endLeases()
    await takeAll()
    goOn()
    expect(await sending).toMatchObject({ state: 'sent' })
    expect([arrived(), await counters()]).toEqual([['a: olá'], { a: 1 }])
    expect((await sql('select state from zapfleet.reservations')).map((row) => row.state)).toEqual([
      'confirmed',
    ])
  })

  it('gives back a seat that was taken long ago, since its hour may be over', async () => {
    await numbers('a')
    const killed = await startKilled()
    killed.messages.start = () => new Promise(() => {})
    sendMessage(callOf(killed), text('olá', { validForS: 600 })).catch(() => {})
    await expect.poll(counters, { timeout: 60_000 }).toEqual({ a: 1 })
    await endLeases()
    await sql(`update zapfleet.reservations set reserved_at = reserved_at - interval '1 minute'`)
    await takeAll()
    expect([arrived(), await counters()]).toEqual([['a: olá'], { a: 1 }])
    expect((await sql('select state from zapfleet.reservations order by 1')).map((row) => row.state)).toEqual(
      ['confirmed', 'released'],
    )
  })

  it('never sends a message again that it had handed to Evolution', async () => {
    await numbers('a')
    const killed = await startKilled()
    killed.messages.end = () => new Promise(() => {})
    sendMessage(callOf(killed), text('olá', { validForS: 600 })).catch(() => {})
    await expect.poll(arrived, { timeout: 60_000 }).toEqual(['a: olá'])
    await expect
      .poll(async () => (await sql('select message_id from zapfleet.reservations'))[0]?.message_id)
      .toBeTruthy()
    await endLeases()
    await takeAll()
    await sweepMessages(fleet)
    expect(await listMessages(fleet)).toMatchObject([{ state: 'sent' }])
    await endLeases()
    await takeAll()
    expect([arrived(), await lanes()]).toEqual([['a: olá'], 0])
  })

  it('leaves a message that was surely not sent to the queue, and its seat counted', async () => {
    await numbers('a')
    control.deadConnection('a', 'closed')
    const killed = await startKilled()
    killed.releases.complete = () => new Promise(() => {})
    sendMessage(callOf(killed), text('olá', { validForS: 600, failover: 0 })).catch(() => {})
    await expect
      .poll(async () => (await listMessages(fleet))[0]?.attempts, { timeout: 60_000 })
      .toMatchObject([{ result: 'line_down' }])
    expect(await listMessages(fleet)).toMatchObject([{ state: 'queued' }])
    control.deadConnection('a', null)
    await endLeases()
    await takeAll()
    expect([arrived(), await counters()]).toEqual([['a: olá'], { a: 2 }])
  })

  it('changes nothing of a message that another process is sending', async () => {
    await numbers('a', 'b')
    await sql(`update whatsapp_instances set pausada = true`)
    const stopped = await startKilled()
    const { end } = stopped.messages
    let goOn = (): void => {}
    stopped.messages.end = async (ended) => {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      return end(ended)
    }
    const refused = sendMessage(callOf(stopped), text('olá', { validForS: 600 }))
    await expect.poll(() => listMessages(fleet), { timeout: 60_000 }).toHaveLength(1)
    await rest(300)
    await sql(`update whatsapp_instances set pausada = false`)
    await endLeases()
    control.fault({ kind: 'answer_lost', times: 1 })
    await takeAll()
    expect(await listMessages(fleet)).toMatchObject([{ state: 'sending' }])
    goOn()
    expect(await refused).toMatchObject({ state: 'sending' })
    await endLeases()
    await takeAll()
    expect(arrived()).toHaveLength(1)
  })

  it('starts no message on a number that was paused since its seat was taken', async () => {
    await numbers('a', 'b')
    const { start } = fleet.messages
    fleet.messages.start = async (started) => {
      fleet.messages.start = start
      await sql('update whatsapp_instances set pausada = true where nome = $1', [started.instance_name])
      return start(started)
    }
    const message = await sendMessage(call, text('olá'))
    expect(message.state).toBe('sent')
    const [paused] = await sql('select nome, msgs_enviadas_hora n from whatsapp_instances where pausada')
    expect([paused?.nome === message.instanceName, paused?.n]).toEqual([false, 0])
  })

  /** A process that ends in the middle: it renews no lease any more. */
  async function startKilled() {
    const killed = await another()
    killed.messages.hold = () => {}
    return killed
  }

  const endLeases = () => sql(`update zapfleet.message_lanes set retry_at = 'epoch'`)
  async function takeAll(): Promise<void> {
    await Promise.all((await fleet.messages.take(100, 0)).map((lane) => carryLane(call, lane)))
  }
})
