import fc from 'fast-check'
import { expect, it } from 'vitest'
import { INSTANCE_LIMITS } from '../src/instance/limits.ts'
import { tag } from '../src/instance/tags.ts'

const pattern = new RegExp(INSTANCE_LIMITS.tagPattern, 'u')

it('tagPattern, which programs without core use, accepts exactly the tags that the API accepts', () => {
  const odd = fc.constantFrom(
    ' ',
    ',',
    '\n',
    '\0',
    '\u2028',
    '\u200b',
    '\ud800',
    'ã',
    '👍',
    '\ufeff',
    '\u00a0',
  )
  const texts = fc.oneof(
    fc.string({ unit: fc.oneof(odd, fc.string({ minLength: 1, maxLength: 1 })), maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('a', '👍'), minLength: 48, maxLength: 52 }),
  )
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(texts, (text) => {
      seen.add(pattern.test(text))
      expect(pattern.test(text)).toBe(tag.safeParse(text).success)
    }),
    { numRuns: 2_000 },
  )
  expect(seen.size).toBe(2)
})
