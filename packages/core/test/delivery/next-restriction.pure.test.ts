import { describe, expect, it } from 'vitest'
import {
  nextRestriction,
  type RestrictionEvidence,
  type RestrictionJudgement,
} from '../../src/delivery/next-restriction.ts'

const NOW = new Date('2026-03-10T13:00:00Z')
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000)

const FAILED: RestrictionEvidence = {
  failedNew: 3,
  deliveredNew: 0,
  deliveredKnown: 1,
  probeDeliveredAt: null,
}
const free: RestrictionJudgement = { since: null, until: null, source: null }
const inferred: RestrictionJudgement = { since: ago(3_600), until: null, source: 'inferred' }
const operator: RestrictionJudgement = { since: ago(3_600), until: ago(-3_600), source: 'operator' }

describe('a restriction begins', () => {
  it.each<[string, Partial<RestrictionEvidence>, boolean]>([
    ['with three new contacts who got nothing while a known one was reached', {}, true],
    ['not with two', { failedNew: 2 }, false],
    ['not where one new contact got a message', { deliveredNew: 1 }, false],
    ['not where one fails among twenty', { failedNew: 1, deliveredNew: 19 }, false],
    ['not where no known contact was reached', { deliveredKnown: 0 }, false],
    ['not without a failure', { failedNew: 0 }, false],
  ])('%s', (_, evidence, begins) => {
    const { next } = nextRestriction(free, { ...FAILED, ...evidence }, NOW)
    expect(next).toEqual(begins ? { since: NOW, until: null, source: 'inferred' } : free)
  })

  it('with its figures', () => {
    expect(nextRestriction(free, { ...FAILED, failedNew: 5, deliveredKnown: 2 }, NOW).figures).toEqual({
      source: 'receipts',
      failed: 5,
      reached: 2,
    })
  })
})

describe('a restriction ends', () => {
  const ended = (at: Date): RestrictionJudgement => ({ since: null, until: at, source: null })

  it.each<[string, RestrictionJudgement, Partial<RestrictionEvidence>, RestrictionJudgement]>([
    ['not while failures continue', inferred, {}, inferred],
    ['when a probe is delivered that was sent since', inferred, { probeDeliveredAt: ago(10) }, ended(NOW)],
    ['not by a message that was sent before', inferred, { probeDeliveredAt: ago(3_601) }, inferred],
    ['at its time', { ...operator, until: ago(1) }, {}, ended(ago(1))],
    ['not before its time', operator, {}, operator],
    ['not by time', { ...inferred, since: ago(86_400) }, {}, { ...inferred, since: ago(86_400) }],
    [
      'not while no message to a new contact was delivered',
      { ...inferred, since: ago(86_400) },
      { failedNew: 0, deliveredNew: 0, deliveredKnown: 100 },
      { ...inferred, since: ago(86_400) },
    ],
    [
      'of an operator not after six hours',
      { ...operator, since: ago(21_600) },
      {},
      { ...operator, since: ago(21_600) },
    ],
    ['of an operator not by a message', operator, { probeDeliveredAt: ago(10) }, operator],
  ])('%s', (_, previous, evidence, next) => {
    expect(nextRestriction(previous, { ...FAILED, ...evidence }, NOW).next).toEqual(next)
  })
})
