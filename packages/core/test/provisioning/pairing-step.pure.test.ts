import type { EvolutionInstance } from '@zapfleet/evolution'
import { describe, expect, it } from 'vitest'
import {
  NEW_ATTEMPT,
  type PairingAttempt,
  type PairingReading,
  pairingStep,
} from '../../src/provisioning/pairing-step.ts'

const BEFORE = '2026-11-29T12:00:00.000Z'
const LATER = '2026-11-29T12:00:10.000Z'
const qr = { base64: 'data:image/png;base64,AA==', code: '2@a', pairingCode: null, count: 1 }

const recordOf = (connectionStatus: string, more: Partial<EvolutionInstance> = {}): EvolutionInstance => ({
  name: 'a',
  instanceId: null,
  connectionStatus,
  ownerJid: null,
  profileName: null,
  number: null,
  disconnection: null,
  createdAt: null,
  updatedAt: LATER,
  integration: null,
  ...more,
})
const ended = (message: string, at: string) =>
  recordOf('close', { disconnection: { at, code: 401, message } })

const closed: Partial<PairingReading> = { state: 'close', record: recordOf('close'), closedForMs: 10_000 }
const refused: Partial<PairingReading> = { ...closed, record: ended('Connection Failure', LATER) }
const connecting: Partial<PairingReading> = { state: 'connecting', record: recordOf('connecting') }
const once: Partial<PairingAttempt> = { connectCount: 1, recordedBefore: BEFORE }

const step = (attempt: Partial<PairingAttempt>, reading: Partial<PairingReading>) =>
  pairingStep(
    { ...NEW_ATTEMPT, ...attempt },
    {
      state: null,
      record: undefined,
      isConnecting: false,
      closedForMs: 0,
      safeAfterMs: 0,
      ...reading,
    },
  )

describe('a number that is paired', () => {
  it.each([
    ['its state is open', { state: 'open' }, 'connected'],
    ['it reconnects: closed', { ...closed, record: recordOf('open') }, 'reconnecting'],
    ['it reconnects: connecting', { ...connecting, record: recordOf('open') }, 'reconnecting'],
  ] as const)('%s', (_case, reading, expected) => {
    expect(step({}, reading)).toBe(expected)
  })
})

describe('an instance that shows codes', () => {
  it.each([
    ['no connect of this process: the code is read', {}, connecting, 'read_code'],
    ['a connect is in flight: its answer has the code', {}, { ...connecting, isConnecting: true }, 'wait'],
    ['the answer is the code that is shown', { ...once, answered: qr }, connecting, 'show_answer'],
    [
      'the same while another connect is in flight',
      { ...once, answered: qr },
      { ...connecting, isConnecting: true },
      'show_answer',
    ],
    [
      'the record is older than the connect: the answer is an earlier code',
      { ...once, answered: qr },
      { ...connecting, record: recordOf('connecting', { updatedAt: BEFORE }) },
      'read_code',
    ],
    [
      'the record shows no code yet',
      { ...once, answered: qr },
      { ...connecting, record: recordOf('close'), isConnecting: true },
      'wait',
    ],
  ] as const)('%s', (_case, attempt, reading, expected) => {
    expect(step(attempt, reading)).toBe(expected)
  })
})

describe('a closed instance', () => {
  it.each([
    ['the first connect', {}, closed, 'connect'],
    ['Evolution has no record of it', {}, { ...closed, record: undefined }, 'connect'],
    ['not closed for long enough after a code', {}, { ...closed, safeAfterMs: 10_001 }, 'wait'],
    ['closed for long enough after a code', {}, { ...closed, safeAfterMs: 10_000 }, 'connect'],
    ['a connect is in flight', {}, { ...closed, isConnecting: true }, 'wait'],
    ['its state is no known word', {}, { ...closed, state: null }, 'wait'],
    ['closed after its last code', { ...once, wasShown: true }, closed, 'give_up'],
    ['a connect that answered nothing yet', once, closed, 'wait'],
    ['a connect without effect', { ...once, wasEmpty: true }, closed, 'connect'],
    ['the same, closed for a moment', { ...once, wasEmpty: true }, { ...closed, closedForMs: 1_999 }, 'wait'],
    ['a third connect without effect', { ...once, connectCount: 2, wasEmpty: true }, closed, 'connect'],
    ['no fourth', { ...once, connectCount: 3, wasEmpty: true }, closed, 'wait'],
  ] as const)('%s', (_case, attempt, reading, expected) => {
    expect(step(attempt, reading)).toBe(expected)
  })
})

describe('a closed instance whose login was refused', () => {
  it.each([
    ['by the connect of this attempt', once, refused, 'erase_session'],
    ['the same, where the connect answered no code', { ...once, wasEmpty: true }, refused, 'erase_session'],
    ['before this attempt', {}, refused, 'connect'],
    ['before the connect', { ...once, endedBefore: LATER }, refused, 'wait'],
    ['three times', { ...once, connectCount: 3 }, refused, 'wait'],
    ['logged out by the phone', once, { ...closed, record: ended('Stream Errored', LATER) }, 'wait'],
  ] as const)('%s', (_case, attempt, reading, expected) => {
    expect(step(attempt, reading)).toBe(expected)
  })
})
