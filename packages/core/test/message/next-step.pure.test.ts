import type { SendVerdict } from '@zapfleet/sending'
import { describe, expect, it } from 'vitest'
import { FleetError, type Reason } from '../../src/index.ts'
import { afterRefusal, afterVerdict, type Progress } from '../../src/message/next-step.ts'

const no = (why: Extract<SendVerdict, { sent: 'no' }>['why'], elsewhere: boolean): SendVerdict => ({
  sent: 'no',
  why,
  elsewhere,
  words: 'the words',
})
const NOW: Progress = { mayWait: false, otherNumbers: 2, rounds: 0, otherServers: false }
const WAITS: Progress = { mayWait: true, otherNumbers: 2, rounds: 0, otherServers: false }
const error = 'It was not sent (the words).'

describe('after the answer of Evolution', () => {
  it.each<[string, SendVerdict, Partial<Progress>, object]>([
    ['sent', { sent: 'yes', messageId: '3EB0' }, {}, { step: 'sent', messageId: '3EB0' }],
    [
      'perhaps sent: it is never sent again, however long it may wait',
      { sent: 'maybe', why: 'no_answer', words: 'the words' },
      { mayWait: true },
      { step: 'await_outcome', error: 'It is not certain whether it was sent (the words).' },
    ],
    ['another number may send it', no('line_down', true), {}, { step: 'elsewhere' }],
    ['no other number is left', no('line_down', true), { otherNumbers: 0 }, { step: 'fail', error }],
    [
      'no other number is left, and it may wait',
      no('line_down', true),
      { otherNumbers: 0, mayWait: true },
      { step: 'wait', forMs: 5_000, scope: 'contact', error },
    ],
    [
      'each round waits twice as long as the one before',
      no('line_down', true),
      { otherNumbers: 0, mayWait: true, rounds: 2 },
      { step: 'wait', forMs: 20_000, scope: 'contact', error },
    ],
    [
      'and a minute at most',
      no('line_down', true),
      { otherNumbers: 0, mayWait: true, rounds: 40 },
      { step: 'wait', forMs: 60_000, scope: 'contact', error },
    ],
    ['the person has no WhatsApp', no('no_whatsapp', false), { mayWait: true }, { step: 'fail', error }],
    ['the message is invalid', no('invalid_message', false), { mayWait: true }, { step: 'fail', error }],
    ['its file cannot be had', no('media_unavailable', false), { mayWait: true }, { step: 'fail', error }],
    [
      'Evolution cannot be reached: no number of it is tried',
      no('unreachable', false),
      { mayWait: true },
      { step: 'wait', forMs: 5_000, scope: 'fleet', error },
    ],
    [
      'one of several servers cannot be reached: a number of another one may send it',
      no('unreachable', false),
      { otherServers: true },
      { step: 'elsewhere' },
    ],
    [
      'one of several servers cannot be reached, and no other number is left: others are sent meanwhile',
      no('unreachable', false),
      { otherServers: true, otherNumbers: 0, mayWait: true },
      { step: 'wait', forMs: 5_000, scope: 'contact', error },
    ],
    [
      'the person has no WhatsApp, whatever the servers',
      no('no_whatsapp', false),
      { otherServers: true, mayWait: true },
      { step: 'fail', error },
    ],
    [
      'Evolution cannot be reached, and it may not wait',
      no('unreachable', false),
      {},
      { step: 'fail', error },
    ],
    [
      'Evolution has just started: it stays with its number',
      no('starting', true),
      {},
      { step: 'wait', forMs: 2_000, scope: 'contact', error },
    ],
  ])('%s', (_, verdict, progress, step) => {
    expect(afterVerdict(verdict, { ...NOW, ...progress })).toEqual(step)
  })

  it.each(['unlicensed', 'database_away', 'key_refused', 'wrong_address'] as const)(
    '%s is the fault of the server: the whole queue waits',
    (why) => {
      expect(afterVerdict(no(why, false), WAITS)).toMatchObject({ step: 'wait', scope: 'fleet' })
    },
  )
})

describe('after a reserve that was refused', () => {
  const at = Date.parse('2026-05-05T12:00:00Z')
  const refused = (reasons: Partial<Record<Reason, number>>, againMs: number | null): FleetError =>
    new FleetError('NO_CAPACITY', 'No instance can send this message now.', {
      reasons,
      availableAt: againMs === null ? null : new Date(at + againMs),
    })
  const after = (given: FleetError, how = {}) =>
    afterRefusal(given, { mayWait: true, ownNumberOnly: false, nowMs: at, queued: 100, ...how })
  const words = 'No instance can send this message now.'

  it.each<[string, FleetError, object, object]>([
    [
      'it may not wait',
      refused({ HOURLY_LIMIT: 2 }, 5_000),
      { mayWait: false },
      { step: 'fail', error: words },
    ],
    [
      'all numbers are full: the queue waits until one has room',
      refused({ HOURLY_LIMIT: 2, DISCONNECTED: 1 }, 4_000),
      {},
      { step: 'wait', forMs: 4_000, scope: 'fleet', error: words },
    ],
    [
      'all numbers are down: the queue looks again in 15 s',
      refused({ DISCONNECTED: 2 }, null),
      {},
      { step: 'wait', forMs: 15_000, scope: 'fleet', error: words },
    ],
    [
      'new contacts are refused, others may be served: only this contact waits',
      refused({ NEW_CONTACT_LIMIT: 1, HOURLY_LIMIT: 1 }, 3_600_000),
      {},
      { step: 'wait', forMs: 60_000, scope: 'contact', error: words },
    ],
    [
      'many wait for reasons of their contacts: each is tried less often',
      refused({ NEW_CONTACT_LIMIT: 1 }, 36_000_000),
      { queued: 51_200 },
      { step: 'wait', forMs: 400_000, scope: 'contact', error: words },
    ],
    [
      'all numbers are outside their hours: the queue waits',
      refused({ OUTSIDE_HOURS: 2 }, 3_600_000),
      {},
      { step: 'wait', forMs: 15_000, scope: 'fleet', error: words },
    ],
    [
      'its own number alone serves it: only this contact waits',
      refused({ DISCONNECTED: 1 }, null),
      { ownNumberOnly: true },
      { step: 'wait', forMs: 60_000, scope: 'contact', error: words },
    ],
    [
      'its number has a gap, which moves it to no other: only this contact waits',
      refused({ PACING: 1 }, 4_000),
      {},
      { step: 'wait', forMs: 4_000, scope: 'contact', error: words },
    ],
    [
      'the moment has passed: at once',
      refused({ HOURLY_LIMIT: 1 }, -5_000),
      {},
      { step: 'wait', forMs: 0, scope: 'fleet', error: words },
    ],
  ])('%s', (_, given, how, step) => {
    expect(after(given, how)).toEqual(step)
  })

  it('waits a second for a database or a process that cannot answer, also where the message may not wait', () => {
    for (const code of ['DATABASE_UNAVAILABLE', 'OVERLOADED'] as const)
      expect(after(new FleetError(code, 'later'), { mayWait: false })).toEqual({
        step: 'wait',
        forMs: 1_000,
        scope: 'fleet',
        error: 'later',
      })
  })

  it('ends where waiting does not help', () => {
    expect(after(new FleetError('CONTACT_BLOCKED', 'blocked'))).toEqual({ step: 'fail', error: 'blocked' })
  })
})
