import { expect, it } from 'vitest'
import { readLargeEvent, readMessageEvents } from '../../src/outcome/message-events.ts'

/** Bodies as Evolution 2.3.6 sends them. */
const body = (event: string, data: unknown) => ({
  event,
  instance: 'sales',
  data,
  destination: 'http://elsewhere/',
  date_time: '2026-11-29T07:00:00.000Z',
  apikey: null,
})
const update = (more: object = {}) => ({
  keyId: '3EB0571FEEAA16596A9867',
  remoteJid: '5511977776666@s.whatsapp.net',
  fromMe: true,
  status: 'DELIVERY_ACK',
  instanceId: 'ff3d8623-0000-0000-0000-000000000000',
  messageId: 'cmx15limv0005z27du10su8fa',
  ...more,
})
const inbound = (key: object, more: object = {}) => ({
  key: { fromMe: false, id: 'ACF740B384C3C604FA6180F3ED2DA0F8', participant: '', ...key },
  pushName: 'Maria',
  status: 'DELIVERY_ACK',
  message: { conversation: 'oi, segredo' },
  messageType: 'conversation',
  messageTimestamp: 1795916838,
  ...more,
})
const outcomesOf = (data: unknown, event = 'messages.update') =>
  readMessageEvents(body(event, data))?.outcomes
const inboundOf = (data: unknown) => readMessageEvents(body('messages.upsert', data))?.inbound

it.each([
  ['SERVER_ACK', 'sent'],
  ['DELIVERY_ACK', 'delivered'],
  ['READ', 'read'],
  ['PLAYED', 'read'],
  ['ERROR', 'failed'],
])('the status %s is %s, by the id of the message', (status, expected) => {
  expect(outcomesOf(update({ status }))).toEqual([{ messageId: '3EB0571FEEAA16596A9867', status: expected }])
})

it.each([
  ['a status without a meaning', { status: 'PENDING' }],
  ['a deleted message', { status: 'DELETED' }],
  ['a message of the other person that was read here', { fromMe: false, status: 'READ' }],
  ['no id', { keyId: undefined }],
  ['an id that is no text', { keyId: 7 }],
  ['an id with NUL', { keyId: 'a\0' }],
  ['an id without end', { keyId: 'a'.repeat(129) }],
])('%s is no outcome', (_what, more) => {
  expect(outcomesOf(update(more))).toEqual([])
})

it('matches by id alone: the JID may be a LID, carry a device, or be missing', () => {
  for (const remoteJid of ['77001122334455@lid', '5511977776666:3@s.whatsapp.net', undefined])
    expect(outcomesOf(update({ remoteJid }))).toHaveLength(1)
})

it.each(['messages.update', 'MESSAGES_UPDATE', 'messages-update'])('understands the spelling %s', (event) => {
  expect(outcomesOf(update(), event)).toHaveLength(1)
})

it('reads lists as well', () => {
  expect(outcomesOf([update(), update({ keyId: 'B' }), null, 7])).toHaveLength(2)
})

it('reads id and recipient of a send', () => {
  const data = {
    key: { remoteJid: '5511977776666@s.whatsapp.net', fromMe: true, id: '3EB096FFCE09261DDFD8E4' },
    pushName: 'Você',
    status: 'PENDING',
    message: { conversation: 'um' },
    messageTimestamp: 1795915293,
  }
  const sent = { messageId: '3EB096FFCE09261DDFD8E4', jid: '5511977776666@s.whatsapp.net' }
  expect(readMessageEvents(body('send.message', data))?.sends).toEqual([
    { ...sent, sentAtMs: 1795915293_000 },
  ])
  const long = { ...data, messageTimestamp: { low: 1795915293, high: 0, unsigned: true } }
  expect(readMessageEvents(body('send.message', long))?.sends).toEqual([
    { ...sent, sentAtMs: 1795915293_000 },
  ])
  const group = { ...data, key: { ...data.key, remoteJid: '120363041234567890@g.us' } }
  expect(readMessageEvents(body('send.message', group))?.sends).toEqual([])
})

it.each([
  ['a phone', { remoteJid: '554788887777@s.whatsapp.net' }, ['554788887777@s.whatsapp.net']],
  [
    'a phone with its LID',
    { remoteJid: '554788887777@s.whatsapp.net', remoteJidAlt: '9554788887777@lid' },
    ['554788887777@s.whatsapp.net', '9554788887777@lid'],
  ],
  [
    'a LID with its phone',
    { remoteJid: '77001122334455@lid', remoteJidAlt: '5511955554444@s.whatsapp.net' },
    ['5511955554444@s.whatsapp.net', '77001122334455@lid'],
  ],
  ['a LID alone', { remoteJid: '77001122334455@lid' }, ['77001122334455@lid']],
])('a message of %s is inbound', (_what, key, jids) => {
  expect(inboundOf(inbound(key))).toEqual([{ jids, writtenAtMs: 1795916838_000 }])
})

it.each([
  ['a group', { remoteJid: '120363041234567890@g.us', participant: '5511955554444@s.whatsapp.net' }],
  ['a status update', { remoteJid: 'status@broadcast', participant: '5511955554444@s.whatsapp.net' }],
  ['a broadcast list', { remoteJid: '1690000000@broadcast' }],
  ['a newsletter', { remoteJid: '120363041234567890@newsletter' }],
  ['typed on the phone itself', { remoteJid: '5511955554444@s.whatsapp.net', fromMe: true }],
  ['without its sender', {}],
])('a message of %s is not inbound', (_what, key) => {
  expect(inboundOf(inbound(key))).toEqual([])
})

const reaction = (text: string, fromMe: boolean) =>
  inbound(
    {
      remoteJid: '554788887777@s.whatsapp.net',
      remoteJidAlt: '9554788887777@lid',
      fromMe,
      addressingMode: 'pn',
    },
    {
      messageType: 'reactionMessage',
      message: {
        reactionMessage: {
          key: { remoteJid: '554788887777@s.whatsapp.net', fromMe: true, id: '3EB096FFCE09261DDFD8E4' },
          text,
          senderTimestampMs: { low: 1, high: 2 },
        },
      },
    },
  )

it('a reaction of the person is inbound, one that is taken back is not, nor is one of our own', () => {
  expect(inboundOf(reaction('👍', false))).toHaveLength(1)
  expect(inboundOf(reaction('', false))).toEqual([])
  expect(inboundOf(reaction('👍', true))).toEqual([])
})

it('a message whose media was cut is inbound', () => {
  const beginning =
    '{"event":"messages.upsert","instance":"sales","data":{"key":{"remoteJid":"554788887777@s.whatsapp.net","fromMe":false,"id":"A"},"message":{"base64":"AAAA'
  expect(readMessageEvents(readLargeEvent(beginning))?.inbound).toEqual([
    { jids: ['554788887777@s.whatsapp.net'], writtenAtMs: null },
  ])
})

it('names the person once where Evolution 2.3.7 puts the phone into both fields', () => {
  const jid = '554788887777@s.whatsapp.net'
  const data = inbound({ remoteJid: jid, remoteJidAlt: jid, addressingMode: 'lid' })
  expect(inboundOf(data)).toEqual([{ jids: [jid], writtenAtMs: 1795916838_000 }])
})

const GROUP = '120363041234567890@g.us'
const [PHONE_JID, LID_JID] = ['5511955554444@s.whatsapp.net', '77001122334455@lid']

it.each([
  ['a message of a LID', { remoteJid: LID_JID, remoteJidAlt: PHONE_JID }],
  ['a message of a phone', { remoteJid: PHONE_JID, remoteJidAlt: LID_JID }],
  ['a message that was typed on the phone', { remoteJid: LID_JID, remoteJidAlt: PHONE_JID, fromMe: true }],
  ['a message in a group', { remoteJid: GROUP, participant: LID_JID, participantAlt: PHONE_JID }],
  [
    'a message in a group that is addressed by phones',
    { remoteJid: GROUP, participant: PHONE_JID, participantAlt: LID_JID },
  ],
])('%s gives the phone of the LID', (_what, key) => {
  expect(readMessageEvents(body('messages.upsert', inbound(key)))?.lids).toEqual([
    { lid: LID_JID, phone: PHONE_JID },
  ])
})

it.each([
  ['a phone alone', { remoteJid: PHONE_JID }],
  ['a LID alone', { remoteJid: LID_JID }],
  ['a member of a group without the other id', { remoteJid: GROUP, participant: LID_JID }],
  ['two LIDs', { remoteJid: LID_JID, remoteJidAlt: '77001122334466@lid' }],
  ['two phones', { remoteJid: PHONE_JID, remoteJidAlt: '554788887777@s.whatsapp.net' }],
])('%s gives none', (_what, key) => {
  expect(readMessageEvents(body('messages.upsert', inbound(key)))?.lids).toEqual([])
})

it('keeps no text and no name', () => {
  const read = readMessageEvents(
    body('messages.upsert', inbound({ remoteJid: '554788887777@s.whatsapp.net' })),
  )
  expect(JSON.stringify(read)).not.toMatch(/segredo|Maria/)
})

it.each([
  null,
  'x',
  [],
  {},
  { event: 'messages.update' },
  { event: 'messages.update', instance: 7 },
  body('connection.update', {}),
])('%j is no event about messages', (value) => {
  expect(readMessageEvents(value)).toBeNull()
})

it.each([undefined, null, 7, 'x', [[]], { key: null }])('data %j has no content', (data) => {
  for (const event of ['messages.update', 'messages.upsert', 'send.message'])
    expect(readMessageEvents(body(event, data))).toEqual({
      instance: 'sales',
      outcomes: [],
      sends: [],
      inbound: [],
      lids: [],
    })
})
