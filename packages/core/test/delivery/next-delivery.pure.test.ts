import { describe, expect, it } from 'vitest'
import {
  type DeliveryEvidence,
  type DeliveryJudgement,
  nextDelivery,
} from '../../src/delivery/next-delivery.ts'

const NOW = new Date('2026-03-10T13:00:00Z')
/** Seconds before the moment of the judgement. */
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000)

const NOTHING: DeliveryEvidence = {
  connectedAt: null,
  refused: { seats: 0, people: 0, lastAt: null },
  acceptedAt: null,
  goodAt: null,
  silent: { messages: 0, people: 0, firstAt: null },
  eventsAt: null,
  baseline: null,
  probedAt: null,
}
const unproven: DeliveryJudgement = { state: 'unproven', since: null, reason: null }
const ok: DeliveryJudgement = { state: 'ok', since: ago(3_600), reason: null }
const refusing: DeliveryJudgement = { state: 'failing', since: ago(100), reason: 'SENDS_REFUSED' }
const silenced: DeliveryJudgement = { state: 'failing', since: ago(100), reason: 'NO_RECEIPTS' }

const refused = (seats: number, people = seats, seconds = 1) => ({
  refused: { seats, people, lastAt: ago(seconds) },
})
const silent = (messages: number, baseline: number | null, more: Partial<DeliveryEvidence> = {}) => ({
  silent: { messages, people: Math.min(messages, 9), firstAt: ago(90) },
  baseline,
  eventsAt: ago(5),
  ...more,
})

type Row = [
  story: string,
  previous: DeliveryJudgement,
  evidence: Partial<DeliveryEvidence>,
  state: DeliveryJudgement['state'],
  reason?: DeliveryJudgement['reason'],
]

const check = ([, previous, evidence, state, reason = null]: Row): void => {
  const { next } = nextDelivery(previous, { ...NOTHING, ...evidence }, NOW)
  expect({ state: next.state, reason: next.reason }).toEqual({ state, reason })
}

describe('refused sends', () => {
  it.each<Row>([
    ['two seats in a row are a short drop', ok, refused(2), 'unproven'],
    ['three seats of three people', unproven, refused(3), 'failing', 'SENDS_REFUSED'],
    ['three seats of two people', unproven, refused(3, 2), 'unproven'],
    ['nine seats of one person', unproven, refused(9, 1), 'unproven'],
    [
      'three seats just after the connection opened',
      unproven,
      { ...refused(3), connectedAt: ago(5) },
      'failing',
      'SENDS_REFUSED',
    ],
    [
      'three seats before a probe brought it back',
      { ...unproven, since: ago(10) },
      refused(3, 3, 11),
      'unproven',
    ],
    [
      'one more after a probe brought it back',
      { ...unproven, since: ago(10) },
      refused(4, 4, 9),
      'failing',
      'SENDS_REFUSED',
    ],
    [
      'three seats of a number with a report today',
      ok,
      { ...refused(3), goodAt: ago(60) },
      'failing',
      'SENDS_REFUSED',
    ],
  ])('%s', (...row) => check(row))

  it('fails since the last refused seat, with its figures', () => {
    expect(nextDelivery(unproven, { ...NOTHING, ...refused(3) }, NOW)).toEqual({
      next: { state: 'failing', since: ago(1), reason: 'SENDS_REFUSED' },
      figures: { source: 'sends', refused: 3, people: 3 },
    })
  })

  it.each<Row>([
    ['nothing new', refusing, refused(3, 3, 100), 'failing', 'SENDS_REFUSED'],
    ['a seat that was accepted before', refusing, { acceptedAt: ago(101) }, 'failing', 'SENDS_REFUSED'],
    ['a seat that was accepted since', refusing, { acceptedAt: ago(1) }, 'unproven'],
    ['a report since', refusing, { goodAt: ago(1) }, 'ok'],
    ['a report of before', refusing, { goodAt: ago(101) }, 'failing', 'SENDS_REFUSED'],
    ['a probe that was answered since', refusing, { probedAt: ago(1) }, 'unproven'],
    ['a probe that was answered before', refusing, { probedAt: ago(101) }, 'failing', 'SENDS_REFUSED'],
    [
      'a probe within the rest',
      { ...refusing, since: ago(59) },
      { probedAt: ago(1) },
      'failing',
      'SENDS_REFUSED',
    ],
    [
      'a connection that opened since, 19 s ago',
      refusing,
      { connectedAt: ago(19) },
      'failing',
      'SENDS_REFUSED',
    ],
    ['a connection that opened since, 20 s ago', refusing, { connectedAt: ago(20) }, 'unproven'],
    [
      'a word of another program as the reason',
      { ...refusing, reason: null },
      { probedAt: ago(1) },
      'unproven',
    ],
  ])('after failing: %s', (...row) => check(row))
})

describe('silence', () => {
  it.each<Row>([
    ['three messages at a baseline of 0.95', unproven, silent(3, 0.95), 'unproven'],
    ['four messages at a baseline of 0.95', unproven, silent(4, 0.95), 'failing', 'NO_RECEIPTS'],
    ['thirteen messages at a baseline of 0.5', ok, silent(13, 0.5), 'unproven'],
    ['fourteen messages at a baseline of 0.5', ok, silent(14, 0.5), 'failing', 'NO_RECEIPTS'],
    ['any number at a baseline under 0.2', ok, silent(1_000, 0.19), 'unproven'],
    ['any number without a baseline', ok, silent(1_000, null), 'unproven'],
    [
      'four messages to two people',
      ok,
      silent(4, 0.95, { silent: { messages: 4, people: 2, firstAt: ago(90) } }),
      'unproven',
    ],
    ['a number that is not covered', ok, silent(9, 0.95, { eventsAt: null }), 'unproven'],
    ['events that stopped before the first', ok, silent(9, 0.95, { eventsAt: ago(91) }), 'unproven'],
    ['19 s after the connection opened', ok, silent(9, 0.95, { connectedAt: ago(19) }), 'unproven'],
    [
      '20 s after the connection opened',
      ok,
      silent(9, 0.95, { connectedAt: ago(20) }),
      'failing',
      'NO_RECEIPTS',
    ],
  ])('%s', (...row) => check(row))

  it('fails since the first silent message, with its figures', () => {
    expect(nextDelivery(ok, { ...NOTHING, ...silent(4, 0.949) }, NOW)).toEqual({
      next: { state: 'failing', since: ago(90), reason: 'NO_RECEIPTS' },
      figures: { source: 'receipts', silent: 4, people: 4, usualPercent: 95 },
    })
  })

  it.each<Row>([
    ['nothing new', silenced, silent(9, 0.95), 'failing', 'NO_RECEIPTS'],
    ['one report', silenced, { goodAt: ago(1) }, 'ok'],
    [
      'a seat that was accepted, which happens all the time',
      silenced,
      { acceptedAt: ago(1) },
      'failing',
      'NO_RECEIPTS',
    ],
    [
      'a probe, which a number without receipts answers',
      silenced,
      { probedAt: ago(1) },
      'failing',
      'NO_RECEIPTS',
    ],
    ['a connection that opened since', silenced, { connectedAt: ago(20) }, 'unproven'],
  ])('after failing: %s', (...row) => check(row))
})

describe('without a failure', () => {
  it.each<Row>([
    ['nothing known', unproven, {}, 'unproven'],
    ['a report', unproven, { goodAt: ago(1) }, 'ok'],
    ['a report 23 hours ago', ok, { goodAt: ago(23 * 3_600) }, 'ok'],
    ['a report 25 hours ago', ok, { goodAt: ago(25 * 3_600) }, 'unproven'],
    ['accepted seats alone', unproven, { acceptedAt: ago(1) }, 'unproven'],
    ['a report in the blind time', unproven, { goodAt: ago(1), connectedAt: ago(2) }, 'ok'],
    [
      'a report before a probe brought it back',
      { ...unproven, since: ago(10) },
      { goodAt: ago(11) },
      'unproven',
    ],
  ])('%s', (...row) => check(row))

  it('returns the stored judgement itself where nothing changed', () => {
    for (const previous of [unproven, refusing, silenced])
      expect(nextDelivery(previous, NOTHING, NOW).next).toBe(previous)
    expect(nextDelivery(ok, { ...NOTHING, goodAt: ago(1) }, NOW).next).toBe(ok)
  })
})
