import { expect, it } from 'vitest'
import { actionFor, STATUS_REASONS } from '../../src/instance/action.ts'
import { STATUSES } from '../../src/instance/status.ts'

it('tells what to do for every reason, in a sentence of its own', () => {
  const sentences = STATUS_REASONS.map((reason) => actionFor('disconnected', reason, false))
  expect(new Set(sentences).size).toBe(STATUS_REASONS.length)
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{20,}\.$/)
})

it('has nothing to say only of a number that is up, steady and not paused', () => {
  expect(actionFor('connected', null, false)).toBeNull()
  expect(actionFor('connected', null, true)).toMatch(/unpause/)
  // Pausing is what one does about a wrong phone: the advice stays.
  expect(actionFor('connected', 'WRONG_PHONE', true)).toMatch(/another phone/i)
  expect(actionFor('connected', 'FLAPPING', false)).toMatch(/again and again/)
  for (const status of STATUSES.filter((one) => one !== 'connected'))
    expect(actionFor(status, null, false)).toMatch(/\.$/)
  expect(actionFor('disconnected', "another program's words", false)).toMatch(/QR/)
})
