import { describe, expect, it } from 'vitest'
import type { SimulatorOptions } from '../src/index.ts'
import { type Json, openSimulator } from './open-simulator.ts'

const MARIA = '5511977776666'
const JID = `${MARIA}@s.whatsapp.net`
const LID = '77001122334455@lid'

/** An instance with two sent messages, the first delivered and read, and three inbound ones. */
async function simulatorWithMessages(options: SimulatorOptions = {}) {
  const simulator = await openSimulator(options)
  const { call, control } = simulator
  const { id: instanceId } = control.addInstance({ name: 'w1' })
  const send = async (number: string): Promise<string> =>
    (await call('POST', '/message/sendText/w1', { body: { number, text: 'um' } })).body.key.id
  const first = await send(MARIA)
  const second = await send('5511966665555')
  for (const status of ['DELIVERY_ACK', 'READ'] as const) control.receipts('w1', first, [status])
  const inbound = (id: string, sentAt: string, from: string, alt?: string) =>
    control.inbound('w1', { from, id, sentAt, ...(alt === undefined ? {} : { alt }) })
  inbound('IN1', '2026-01-01T10:00:00Z', MARIA)
  inbound('IN2', '2026-01-01T11:00:00Z', LID, MARIA)
  inbound('IN3', '2026-01-01T12:00:00Z', MARIA)
  const query = async (route: string, body: object): Promise<Json> => {
    const answer = await call('POST', `/chat/${route}/w1`, { body })
    expect(answer.status).toBe(200)
    return answer.body
  }
  const ids = async (body: object): Promise<string[]> =>
    (await query('findMessages', body)).messages.records.map((record: Json) => record.key.id)
  return { ...simulator, instanceId, first, second, query, ids }
}

describe('findMessages', () => {
  it('answers one message by its id, with its statuses and without its own status', async () => {
    const { query, first, instanceId } = await simulatorWithMessages()
    const { messages } = await query('findMessages', { where: { key: { id: first } } })
    expect(messages).toEqual({
      total: 1,
      pages: 1,
      currentPage: 1,
      records: [
        {
          id: expect.stringMatching(/^cm/),
          key: { remoteJid: JID, fromMe: true, id: first },
          pushName: 'Você',
          messageType: 'conversation',
          message: { conversation: 'um' },
          messageTimestamp: expect.any(Number),
          instanceId,
          source: 'web',
          contextInfo: expect.anything(),
          MessageUpdate: [{ status: 'DELIVERY_ACK' }, { status: 'READ' }],
        },
      ],
    })
  })

  it('filters by the fields of the key and by a whole time window, and ignores the rest', async () => {
    const { ids, first, second } = await simulatorWithMessages()
    const all = [second, first, 'IN3', 'IN2', 'IN1']
    const window = { gte: '2026-01-01T10:30:00Z', lte: '2026-01-01T12:00:00Z' }
    const cases: [object, string[]][] = [
      [{}, all],
      [{ where: { key: { remoteJid: JID } } }, [first, 'IN3', 'IN1']],
      [{ where: { key: { remoteJidAlt: JID } } }, ['IN2']],
      [{ where: { key: { fromMe: true } } }, [second, first]],
      [{ where: { key: { fromMe: false } } }, all],
      [{ where: { messageTimestamp: window } }, ['IN3', 'IN2']],
      [{ where: { messageTimestamp: { gte: window.gte } } }, all],
      [{ where: { key: { id: 'NONE' } } }, []],
      [{ limit: 1, take: 1 }, all],
      [{ offset: 2, page: 2 }, ['IN3', 'IN2']],
    ]
    // Messages of the same second have no order between them.
    for (const [body, expected] of cases)
      expect((await ids(body)).toSorted(), JSON.stringify(body)).toEqual(expected.toSorted())
    expect((await ids({})).slice(2)).toEqual(['IN3', 'IN2', 'IN1'])
  })

  it('has nothing when messages are not stored, or no statuses when updates are not', async () => {
    const unsaved = await simulatorWithMessages({ save: { newMessage: false, historic: false } })
    expect(await unsaved.ids({})).toEqual([])
    expect(await unsaved.query('findStatusMessage', {})).toEqual([])
    const { ids, query } = await simulatorWithMessages({ save: { messageUpdate: false } })
    expect(await ids({})).toHaveLength(5)
    expect(await query('findStatusMessage', {})).toEqual([])
  })

  it('fails without the database, and for an unknown instance', async () => {
    const { call, control } = await simulatorWithMessages()
    expect((await call('POST', '/chat/findMessages/nope', { body: {} })).status).toBe(404)
    control.databaseAway(true)
    expect((await call('POST', '/chat/findStatusMessage/w1', { body: {} })).status).toBe(500)
  })
})

describe('findStatusMessage', () => {
  it('answers a bare array of updates, filtered by the id of the message and the jid only', async () => {
    const { control, query, first, second, instanceId } = await simulatorWithMessages()
    control.receipts('w1', second, ['ERROR'])
    const statuses = async (body: object) =>
      (await query('findStatusMessage', body)).map((row: Json) => row.status)
    expect(await query('findStatusMessage', { where: { id: second } })).toEqual([
      {
        id: expect.stringMatching(/^cm/),
        keyId: second,
        remoteJid: '5511966665555@s.whatsapp.net',
        fromMe: true,
        participant: null,
        pollUpdates: null,
        status: 'ERROR',
        messageId: expect.stringMatching(/^cm/),
        instanceId,
      },
    ])
    expect(await statuses({ where: { id: first } })).toEqual(['DELIVERY_ACK', 'READ'])
    expect(await statuses({ where: { remoteJid: JID } })).toEqual(['DELIVERY_ACK', 'READ'])
    const everything = ['DELIVERY_ACK', 'READ', 'ERROR']
    expect(await statuses({ where: { status: 'ERROR' } })).toEqual(everything)
    expect(await statuses({ where: { keyId: second } })).toEqual(everything)
    expect(await statuses({ offset: 2, page: 2 })).toEqual(['ERROR'])
  })

  it('misses what Evolution lost', async () => {
    const { call, control, query } = await simulatorWithMessages()
    control.outcomes({ ack: 'error', lost: ['ERROR'] })
    const { body } = await call('POST', '/message/sendText/w1', { body: { number: MARIA, text: 'um' } })
    control.receipts('w1', body.key.id, ['ERROR'])
    expect(await query('findStatusMessage', { where: { id: body.key.id } })).toEqual([])
  })
})
