import { describe, expect, it } from 'vitest'
import { disconnectionMessage } from '../src/disconnection.ts'
import { disconnectionCause } from '../src/index.ts'

describe('disconnectionCause', () => {
  it.each([
    [402, 'anything', 'banned'],
    [403, null, 'banned'],
    [406, 'Connection Failure', 'banned'],
    [401, 'Log out instance: loja_1', 'logged_out_by_us'],
    [401, 'Stream Errored (conflict)', 'logged_out_by_phone'],
    [401, 'Connection Failure', 'login_refused'],
    [401, 'something new', 'other'],
    [401, null, 'other'],
    [408, 'Connection Failure', 'other'],
    [428, null, 'other'],
    [515, 'Stream Errored (restart required)', 'other'],
  ] as const)('reads %s with %j as %s', (code, message, cause) => {
    expect(disconnectionCause({ code, message })).toBe(cause)
  })
})

describe('disconnectionMessage', () => {
  const inner = { error: { output: { statusCode: 401, payload: { message: 'Log out instance: a1' } } } }

  it('finds the reason in JSON that is a string inside JSON', () => {
    expect(disconnectionMessage(JSON.stringify(inner))).toBe('Log out instance: a1')
  })

  it('finds it in a plain object too', () => {
    expect(disconnectionMessage(inner)).toBe('Log out instance: a1')
  })

  it.each([
    null,
    undefined,
    '',
    '{"error":',
    '7',
    '"text"',
    '{"error":null}',
    [],
    { error: { output: { payload: { message: 5 } } } },
  ])('reads %j as no reason', (value) => {
    expect(disconnectionMessage(value)).toBeNull()
  })
})
