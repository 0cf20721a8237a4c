import { describe, expect, it } from 'vitest'
import { judgeAttempt, RETRY_PLAN, retryAfterOf, retryWaitMs } from '../../src/endpoint/next-attempt.ts'

const wait = (failures: number, random = 0.5, retryAfterS: number | null = null) =>
  retryWaitMs(RETRY_PLAN, { failures, retryAfterS, random })

describe('the wait before a repetition', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [9, 1_280_000],
    [10, 2_560_000],
    [11, 3_600_000],
    [5_000, 3_600_000],
  ])('after %i failures is %i ms', (failures, ms) => {
    expect(wait(failures)).toBe(ms)
  })

  it('is spread by a fifth to both sides, and is an hour at most', () => {
    expect([wait(1, 0), wait(1, 1), wait(11, 1)]).toEqual([4_000, 6_000, 3_600_000])
  })

  it('is as long as the receiver requests, within an hour, and never shorter than without', () => {
    expect([wait(1, 0.5, 30), wait(1, 0.5, 1), wait(1, 0.5, 999_999)]).toEqual([30_000, 5_000, 3_600_000])
  })
})

describe('the verdict on an attempt', () => {
  const answer = (status: number) => judgeAttempt({ status, retryAfterS: null })
  it.each([200, 201, 204, 299])('%i accepts the event', (status) => {
    expect(answer(status)).toEqual({ kind: 'accepted' })
  })

  it.each([199, 300, 302, 308, 400, 401, 404, 409, 429, 500, 503])('after %i it is repeated', (status) => {
    expect(answer(status)).toMatchObject({ kind: 'failed', error: expect.stringContaining(`HTTP ${status}`) })
  })

  it('after 410 nothing more is posted, and a redirect is named', () => {
    expect(answer(410)).toMatchObject({ kind: 'gone' })
    expect(answer(302)).toMatchObject({ error: 'HTTP 302: redirects are not followed' })
  })

  it('without an answer it is repeated for that reason', () => {
    expect(judgeAttempt({ status: null, error: 'no answer: ECONNREFUSED' })).toEqual({
      kind: 'failed',
      error: 'no answer: ECONNREFUSED',
      retryAfterS: null,
    })
  })
})

it.each([
  ['120', 120],
  ['0', 0],
  [undefined, null],
  ['soon', null],
  ['-1', null],
  ['1.5', null],
  ['99999999999', null],
  ['Wed, 21 Oct 2026 07:28:00 GMT', null],
  [['1', '2'], null],
])('retry-after %j is %j seconds', (header, seconds) => {
  expect(retryAfterOf(header)).toBe(seconds)
})
