import { describe, expect, it } from 'vitest'
import { mayCall, rolesThatMay } from '../src/caller.ts'

describe('what a role may call', () => {
  it.each([
    ['admin', 'mutation', false, true],
    ['admin', 'query', true, true],
    ['viewer', 'query', false, true],
    ['viewer', 'subscription', false, true],
    ['viewer', 'mutation', true, false],
    ['bot', 'mutation', true, true],
    ['bot', 'query', true, true],
    ['bot', 'query', false, false],
    ['bot', 'mutation', false, false],
  ] as const)('a %s calling a %s (made for bots: %s): %s', (role, type, forBots, expected) => {
    expect(mayCall(role, { type, forBots })).toBe(expected)
  })

  it('names the roles that may call, for the message of a refusal', () => {
    expect(rolesThatMay({ type: 'mutation', forBots: true }).join(' or ')).toBe('bot or admin')
    expect(rolesThatMay({ type: 'query', forBots: false }).join(' or ')).toBe('viewer or admin')
    expect(rolesThatMay({ type: 'mutation', forBots: false }).join(' or ')).toBe('admin')
  })
})
