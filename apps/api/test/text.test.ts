import { instanceName, newInstanceName, text } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'

describe('texts', () => {
  it('counts characters as PostgreSQL does, so that 50 emoji are a name and 51 are not', () => {
    expect(instanceName.safeParse('😀'.repeat(50)).success).toBe(true)
    expect(instanceName.safeParse('😀'.repeat(51)).error?.issues[0]?.message).toBe(
      'expected 1 to 50 characters, got 51',
    )
  })

  it.each([
    ['', 'an empty text'],
    ['a\0b', 'NUL'],
    ['a\ud800b', 'surrogate'],
    ['a'.repeat(256), 'got 256'],
  ])('refuses %j with the reason', (value, why) => {
    expect(text(255).safeParse(value).error?.issues[0]?.message).toContain(why)
  })
})

describe('names of new instances', () => {
  it.each(['vendas-01', 'A_b', '0', 'x'.repeat(50), 'hasown'])('accepts %s', (name) => {
    expect(newInstanceName.parse(name)).toBe(name)
  })

  it.each([
    '',
    ' ',
    '..',
    'a b',
    'a/b',
    'ação',
    'x'.repeat(51),
    '__proto__',
    'constructor',
    'toString',
    'a\n',
  ])('refuses %j', (name) => {
    expect(newInstanceName.safeParse(name).success).toBe(false)
  })
})
