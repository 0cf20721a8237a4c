import { describe, expect, it } from 'vitest'
import { presentedKey } from '../src/authenticate.ts'
import { makeKeyRing } from '../src/key-ring.ts'

describe('the key of a request', () => {
  it.each([
    [{ 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer   abc ' }, 'abc'],
    [{ 'x-api-key': 'abc', authorization: 'Bearer other' }, 'abc'],
    [{ 'x-api-key': '' }, null],
    [{ authorization: 'Basic abc' }, null],
    [{ authorization: 'Bearer' }, null],
    [{ authorization: 'Bearer a b' }, null],
    [{}, null],
  ])('%j has the key %j', (headers, expected) => {
    expect(presentedKey(headers)).toBe(expected)
  })
})

describe('the key ring of the environment', () => {
  const ring = makeKeyRing({
    adminApiKey: 'admin-key-admin-key-admin-key',
    botApiKey: 'bot-key-bot-key-bot-key-bot',
  })

  it('finds the two keys with their roles', () => {
    expect(ring('admin-key-admin-key-admin-key')).toEqual({
      id: 'ADMIN_API_KEY',
      role: 'admin',
      label: 'ADMIN_API_KEY',
    })
    expect(ring('bot-key-bot-key-bot-key-bot')).toEqual({
      id: 'BOT_API_KEY',
      role: 'bot',
      label: 'BOT_API_KEY',
    })
  })

  it('finds no key for a prefix, a longer key, another case, or an endless one', () => {
    expect(ring('admin-key-admin-key-admin-ke')).toBeNull()
    expect(ring('admin-key-admin-key-admin-keyy')).toBeNull()
    expect(ring('ADMIN-KEY-ADMIN-KEY-ADMIN-KEY')).toBeNull()
    expect(ring('')).toBeNull()
    expect(ring('a'.repeat(100_000))).toBeNull()
  })
})
