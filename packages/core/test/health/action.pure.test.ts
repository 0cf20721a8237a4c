import { expect, it } from 'vitest'
import { adviceFor, readStatusReason, STATUS_REASONS } from '../../src/instance/action.ts'
import { STATUSES } from '../../src/instance/status.ts'

it('has an action for every reason, each with its own sentence', () => {
  const sentences = STATUS_REASONS.map((reason) => adviceFor('disconnected', reason, false).action)
  expect(new Set(sentences).size).toBe(STATUS_REASONS.length)
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{20,}\.$/)
})

it('is null only for a number that is connected, steady and not paused', () => {
  expect(adviceFor('connected', null, false).action).toBeNull()
  expect(adviceFor('connected', null, true).action).toMatch(/unpause/)
  // Pausing is a response to a wrong phone: the action stays.
  expect(adviceFor('connected', 'WRONG_PHONE', true).action).toMatch(/another phone/i)
  expect(adviceFor('connected', 'FLAPPING', false).action).toMatch(/again and again/)
  for (const status of STATUSES.filter((one) => one !== 'connected'))
    expect(adviceFor(status, null, false).action).toMatch(/\.$/)
  expect(adviceFor('disconnected', readStatusReason("another program's words"), false).action).toMatch(/QR/)
})

it('names the first act of the sentence as a code, where a call of zapfleet is that act', () => {
  const steps = STATUS_REASONS.map((reason) => [reason, adviceFor('disconnected', reason, false).nextStep])
  expect(Object.fromEntries(steps)).toEqual({
    NEVER_CONNECTED: 'scan',
    WAITING_FOR_SCAN: 'scan',
    QR_LIMIT_REACHED: 'scan',
    NO_QR_CODE: null,
    RECONNECTING: null,
    RECONNECTING_TOO_LONG: 'restart',
    FLAPPING: null,
    REPLACED: 'log_out',
    CLOSED: 'scan',
    LOGGED_OUT: 'scan',
    LOGGED_OUT_BY_PHONE: 'scan',
    LOGIN_REFUSED: 'scan',
    WRONG_PHONE: 'log_out',
    NOT_ON_EVOLUTION: 'create',
    BANNED: null,
    EVOLUTION_UNREACHABLE: null,
    EVOLUTION_UNLICENSED: 'activate_licence',
    EVOLUTION_REFUSES_KEY: null,
    EVOLUTION_UNCLEAR: null,
  })
  expect(adviceFor('disconnected', null, false).nextStep).toBe('scan')
  expect(adviceFor('connected', null, true).nextStep).toBe('resume')
  expect(adviceFor('connected', null, false, 'other').nextStep).toBe('log_out')
  expect(adviceFor('connected', 'WRONG_PHONE', true, 'other').nextStep).toBe('log_out')
})

it('of a connected number whose messages do not arrive names the reason, and of a restricted one whom it serves', () => {
  const advice = (reason: string | null, isRestricted = false) =>
    adviceFor('connected', null, false, null, { delivery: { state: 'failing', reason }, isRestricted })
  expect(advice('SENDS_REFUSED')).toMatchObject({ action: /refuses its messages/, nextStep: 'restart' })
  expect(advice('NO_RECEIPTS', true)).toMatchObject({ action: /nothing is reported/, nextStep: 'restart' })
  // The word of another program.
  expect(advice('x')).toEqual(advice('SENDS_REFUSED'))
  const restricted = adviceFor('connected', null, false, null, { isRestricted: true })
  expect(restricted).toMatchObject({ action: /only to people who know it/, nextStep: null })
  expect(adviceFor('disconnected', null, false, null, { isRestricted: true }).nextStep).toBe('scan')
  expect(adviceFor('connected', null, true, null, { isRestricted: true }).nextStep).toBe('resume')
})

it('a reason that another program wrote reads as none', () => {
  expect(readStatusReason('ON_THE_MOON')).toBeNull()
  expect(readStatusReason('toString')).toBeNull()
  expect(readStatusReason('CLOSED')).toBe('CLOSED')
})
