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
  newDeliveredAt: null,
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
    [
      'when a new contact got a message that was sent since',
      inferred,
      { newDeliveredAt: ago(10) },
      ended(NOW),
    ],
    ['not by a message that was sent before', inferred, { newDeliveredAt: ago(3_601) }, inferred],
    ['at its time', { ...operator, until: ago(1) }, {}, ended(ago(1))],
    ['not before its time', operator, {}, operator],
    [
      'not within six hours by time',
      { ...inferred, since: ago(21_599) },
      {},
      { ...inferred, since: ago(21_599) },
    ],
    [
      'after six hours on trial',
      { ...inferred, since: ago(21_600) },
      {},
      { ...ended(NOW), source: 'inferred' },
    ],
    [
      'of an operator not after six hours',
      { ...operator, since: ago(21_600) },
      {},
      { ...operator, since: ago(21_600) },
    ],
    ['of an operator not by a message', operator, { newDeliveredAt: ago(10) }, operator],
  ])('%s', (_, previous, evidence, next) => {
    expect(nextRestriction(previous, { ...FAILED, ...evidence }, NOW).next).toEqual(next)
  })
})

describe('a number on trial', () => {
  const trial: RestrictionJudgement = { since: null, until: ago(60), source: 'inferred' }
  const one = { ...FAILED, failedNew: 1, deliveredKnown: 0 }

  it.each<[string, RestrictionJudgement, RestrictionEvidence, RestrictionJudgement]>([
    ['stays so without a result', trial, { ...one, failedNew: 0 }, trial],
    ['is restricted by one failure', trial, one, { since: NOW, until: null, source: 'inferred' }],
    [
      'is free after one message that arrived',
      trial,
      { ...one, deliveredNew: 1 },
      { ...trial, source: null },
    ],
    [
      'is as free as others after six hours',
      { ...trial, until: ago(21_600) },
      one,
      { ...trial, until: ago(21_600) },
    ],
  ])('%s', (_, previous, evidence, next) => {
    expect(nextRestriction(previous, evidence, NOW).next).toEqual(next)
  })
})
