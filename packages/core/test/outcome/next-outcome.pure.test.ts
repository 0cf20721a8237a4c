import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KnownOutcome, nextOutcome, type OutcomeReport } from '../../src/outcome/next-outcome.ts'
import { OUTCOME_STATUSES } from '../../src/reservation/reservation.ts'

type Report = [status: OutcomeReport['status'], atMs: number, error?: string]

const after = (...reports: Report[]): KnownOutcome | null =>
  reports.reduce<KnownOutcome | null>(
    (known, [status, atMs, error]) => nextOutcome(known, { status, atMs, error: error ?? null }),
    null,
  )
const known = (status: Report[0], atMs: number, evidenceMs: number | null, error: string | null = null) => ({
  status,
  atMs,
  error,
  evidenceMs,
})

describe('an outcome after reports in the order of their arrival', () => {
  it.each<[string, Report[], KnownOutcome]>([
    ['one delivery', [['delivered', 5]], known('delivered', 5, 5)],
    ['a read alone', [['read', 5]], known('read', 5, 5)],
    [
      'a delivery after the read',
      [
        ['read', 5],
        ['delivered', 9],
      ],
      known('read', 5, 5),
    ],
    [
      'a late acknowledgement',
      [
        ['delivered', 5],
        ['sent', 900_000],
      ],
      known('delivered', 5, 5),
    ],
    [
      'an earlier acknowledgement that arrives later',
      [
        ['delivered', 5],
        ['sent', 2],
      ],
      known('delivered', 5, 2),
    ],
    ['an error', [['failed', 5, '463']], known('failed', 5, null, '463')],
    [
      'an error after the acknowledgement',
      [
        ['sent', 1],
        ['failed', 5],
      ],
      known('failed', 5, 1),
    ],
    [
      'a delivery after the error',
      [
        ['failed', 5, '463'],
        ['delivered', 9],
      ],
      known('delivered', 9, 9),
    ],
    [
      'an error after the delivery',
      [
        ['delivered', 5],
        ['failed', 9, '463'],
      ],
      known('delivered', 5, 5),
    ],
    [
      'the same again, later',
      [
        ['delivered', 5],
        ['delivered', 9],
      ],
      known('delivered', 5, 5),
    ],
    [
      'the same again, earlier',
      [
        ['delivered', 9],
        ['delivered', 5],
      ],
      known('delivered', 5, 5),
    ],
    [
      'errors of one instant',
      [
        ['failed', 5, 'b'],
        ['failed', 5, 'a'],
        ['failed', 5],
      ],
      known('failed', 5, null, 'a'),
    ],
  ])('%s', (_what, reports, expected) => {
    expect(after(...reports)).toEqual(expected)
  })
})

it('ten copies of every report in any order give the same outcome', () => {
  const report = fc.tuple(
    fc.constantFrom(...OUTCOME_STATUSES),
    fc.integer({ min: 0, max: 20 }),
    fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  ) as fc.Arbitrary<Report>
  const reports = fc.array(report, { minLength: 1, maxLength: 8 })
  const copies = reports.chain((some) =>
    fc.record({
      some: fc.constant(some),
      shuffled: fc.shuffledSubarray(Array.from({ length: 10 }, () => some).flat(), {
        minLength: some.length * 10,
      }),
    }),
  )
  fc.assert(
    fc.property(copies, ({ some, shuffled }) => {
      expect(after(...shuffled)).toEqual(after(...some))
    }),
    { numRuns: 2_000 },
  )
})
