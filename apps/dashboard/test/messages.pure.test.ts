import { MESSAGE_STATES } from '@zapfleet/core'
import { describe, expect, it, test } from 'vitest'
import type { Message } from '../src/api/open-client.ts'
import {
  ALL_MESSAGES,
  isMessageId,
  messageHash,
  messagesHash,
  readMessagesHash,
} from '../src/messages/address.ts'
import { NEW_DRAFT, outgoingOf, recipientOf, testMessageOf } from '../src/messages/outgoing.ts'
import { attemptsOf, fateOf, reasonOf, recipientWords } from '../src/messages/reason.ts'
import { STATES } from '../src/messages/state.ts'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { ptBR } from '../src/words/pt-br.ts'

const ID = '01a22a14-1cd4-7efd-b524-386a48fd357b'
const NOW = Date.parse('2026-11-30T12:00:00Z')
const f = makeFormat('en-GB', 'UTC')

function aMessage(more: Partial<Message> = {}): Message {
  return {
    id: ID,
    to: '5547988887777',
    contactId: '5547988887777',
    pool: null,
    state: 'queued',
    instanceName: null,
    reservationId: null,
    messageId: null,
    kind: null,
    createdAt: '2026-11-30T11:59:00.000Z',
    notBefore: null,
    validUntil: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    attempts: [],
    error: null,
    ...more,
  }
}

const tried = (...results: string[]) =>
  results.map((result) => ({ instanceName: 'loja-02', at: '2026-11-30T11:59:30.000Z', result }))

test('every state of the API has an icon, a word and what it means', () => {
  expect(Object.keys(STATES)).toEqual([...MESSAGE_STATES])
  for (const { messages } of [en, ptBR]) {
    expect(Object.keys(messages.state)).toEqual([...MESSAGE_STATES])
    expect(Object.keys(messages.stateMore)).toEqual([...MESSAGE_STATES])
  }
})

describe('the reason of a message', () => {
  it.each([
    [{ state: 'queued', notBefore: '2026-11-30T15:00:00.000Z' }, 'waits until its time, at 15:00'],
    [{ state: 'queued', notBefore: '2026-11-30T11:00:00.000Z' }, 'waits for its turn'],
    [
      { state: 'queued', error: 'No instance can send this message now.' },
      'waits for a number that can send',
    ],
    [
      { state: 'queued', attempts: tried('line_down'), error: 'It was not sent.' },
      'the number had no connection to WhatsApp; it is tried again',
    ],
    [{ state: 'queued', attempts: tried('not_tried') }, 'waits for its turn'],
    [{ state: 'sending', attempts: tried('sending') }, 'Evolution has not answered yet'],
    [
      { state: 'sending', attempts: tried('sending'), error: 'It is not certain.' },
      'the answer was unclear; waits up to two minutes for a report by WhatsApp',
    ],
    [{ state: 'failed', attempts: tried('line_down', 'no_whatsapp') }, 'the recipient has no WhatsApp'],
    [{ state: 'failed', attempts: tried('sent') }, 'WhatsApp refused it after it was sent'],
    [{ state: 'failed', attempts: tried('line_down', 'sending') }, 'WhatsApp refused it after it was sent'],
    [{ state: 'failed', attempts: tried('unknown') }, 'WhatsApp refused it after it was sent'],
    [{ state: 'failed', attempts: tried('a_new_one') }, 'a_new_one'],
    [
      { state: 'failed', error: 'This contact is blocked: it opted out of messages.' },
      en.failure.CONTACT_BLOCKED,
    ],
    [{ state: 'failed', error: 'No instance can send this message now.' }, 'no number could send it'],
    [{ state: 'expired' }, 'no number could send it in time'],
    [
      { state: 'expired', attempts: tried('unreachable') },
      'its time ended after an attempt: Evolution could not be reached',
    ],
    [{ state: 'unknown', attempts: tried('unknown') }, en.messages.why.unknown],
    [{ state: 'canceled' }, null],
    [{ state: 'delivered', attempts: tried('sent') }, null],
  ] as const)('%j is %s', (more, reason) => {
    expect(
      reasonOf(aMessage({ ...more, attempts: [...('attempts' in more ? more.attempts : [])] }), en, f, NOW),
    ).toBe(reason)
  })
})

test('the last attempt has the result of a later report', () => {
  const results = (more: Partial<Message>) => attemptsOf(aMessage(more)).map(({ result }) => result)
  const attempts = tried('line_down', 'unknown')
  expect(results({ state: 'delivered', attempts })).toEqual(['line_down', 'sent'])
  expect(results({ state: 'failed', attempts })).toEqual(['line_down', 'whatsapp_refused'])
  expect(results({ state: 'unknown', attempts })).toEqual(['line_down', 'unknown'])
  expect(results({ state: 'failed', attempts: tried('sent', 'line_down') })).toEqual(['sent', 'line_down'])
  expect(results({ state: 'queued' })).toEqual([])
})

test('what became of a message names each report that there is', () => {
  expect(fateOf(aMessage(), en, f, NOW)).toBeNull()
  const sentAt = '2026-11-30T11:59:31.000Z'
  const readAt = '2026-11-30T11:59:50.000Z'
  expect(fateOf(aMessage({ sentAt, readAt }), en, f, NOW)).toBe('sent 11:59 · read 11:59')
})

test('a recipient is shown as people write it', () => {
  expect(recipientWords('5547988887777', f)).toBe('+55 47 98888-7777')
  expect(recipientWords('5547988887777@s.whatsapp.net', f)).toBe('+55 47 98888-7777')
  expect(recipientWords('120363041234567890@g.us', f)).toBe('120363041234567890@g.us')
})

describe('addresses of messages', () => {
  it('hold the filters, the page and the message, and leave out what is unknown', () => {
    const listing = { state: 'failed', number: 'Loja São João?&', before: ID } as const
    expect(readMessagesHash(messagesHash(listing))).toEqual({ message: null, listing })
    expect(readMessagesHash(messageHash(ID, listing))).toEqual({ message: ID, listing })
    expect(readMessagesHash('#/messages?state=nowhere&before=1')).toEqual({
      message: null,
      listing: ALL_MESSAGES,
    })
    expect([messagesHash(ALL_MESSAGES), messageHash(ID)]).toEqual(['#/messages', `#/messages/${ID}`])
    expect([isMessageId(ID), isMessageId('5547988887777')]).toEqual([true, false])
  })
})

describe('the form of a message', () => {
  const read = (text: string) => (text.includes('98888') ? '+5547988887777' : null)

  it('reads a phone as people write it into digits, and rewrites nothing else', () => {
    expect(recipientOf(' (47) 98888-7777 ', read)).toBe('5547988887777')
    expect(recipientOf('+5547988887777', null)).toBe('5547988887777')
    for (const one of ['47988887777', '120363041234567890@g.us', 'maria'])
      expect(recipientOf(one, read)).toBe(one)
  })

  it('is not sent while a phone with separators is not read: its country code is missing', () => {
    const draft = { ...NEW_DRAFT, text: 'oi' }
    for (const typed of ['(47) 98888-7777', '47 98888-7777', '+55 47 98888-7777']) {
      expect(outgoingOf(draft, recipientOf(typed, null))).toBeNull()
      expect(outgoingOf(draft, recipientOf(typed, read))).toEqual({ to: '5547988887777', text: 'oi' })
    }
    expect(outgoingOf(draft, recipientOf('(47) 9', read))).toBeNull()
  })

  it.each([
    [{ text: 'oi' }, { text: 'oi' }],
    [
      { text: 'oi', waitS: 300 },
      { text: 'oi', validForS: 300 },
    ],
    [{ text: '  ' }, null],
    [
      { content: 'image', url: ' https://a.b/c.png ', caption: ' x ' },
      { media: { kind: 'image', url: 'https://a.b/c.png', caption: 'x' } },
    ],
    [
      { content: 'audio', url: 'https://a.b/c.ogg', caption: 'x' },
      { media: { kind: 'audio', url: 'https://a.b/c.ogg' } },
    ],
    [{ content: 'image', url: 'ftp://a.b/c.png', text: 'oi' }, null],
  ] as const)('%j is sent as %j', (changes, outgoing) => {
    expect(outgoingOf({ ...NEW_DRAFT, ...changes }, '55')).toEqual(outgoing && { to: '55', ...outgoing })
    expect(outgoingOf({ ...NEW_DRAFT, ...changes }, '')).toBeNull()
  })

  it('of a test excludes every other number, and moves no contact', () => {
    const input = { to: '55', text: 'oi' }
    expect(testMessageOf(input, 'b', ['a', 'b', 'c'])).toEqual({
      ...input,
      exclude: ['a', 'c'],
      strategy: 'sticky',
      fallback: 'borrow',
      failover: 0,
    })
    const names = Array.from({ length: 102 }, (_, n) => `n${n}`)
    expect(testMessageOf(input, 'n0', names.slice(0, 101))?.exclude).toHaveLength(100)
    expect(testMessageOf(input, 'n0', names)).toBeNull()
  })
})
