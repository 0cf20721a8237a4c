import { describe, expect, it } from 'vitest'
import { BASE64_LIMIT_CHARS, SEND_BODY_LIMIT_BYTES } from '../src/body-limits.ts'
import {
  base64Problem,
  recipientProblem,
  scheduleProblem,
  urlProblem,
} from '../src/procedures/message-problems.ts'

describe('a recipient', () => {
  it.each([
    '5511987654321',
    '+55 (11) 98765-4321',
    '5511987654321@s.whatsapp.net',
    '123456789012345@lid',
    '120363041234567890@g.us',
    '5511987654321-1600000000',
  ])('%s is taken as it is', (to) => expect(recipientProblem(to)).toBeNull())

  it.each(['crm-1042', 'Ana', '12', '@g.us', 'ana@', 'a b@g.us', '5511987654321;Maria', '+', '...'])(
    '%s is refused with what is expected',
    (to) => {
      expect(recipientProblem(to)).toMatch(
        /^expected a phone number with its country code, as 5511987654321, or a JID/,
      )
      expect(recipientProblem(to)).toContain(JSON.stringify(to))
    },
  )

  it('that is an id of another system is led to contactId', () => {
    expect(recipientProblem('crm-1042')).toMatch(/An id of your own belongs in contactId$/)
    expect(recipientProblem('12')).not.toContain('contactId')
  })
})

describe('a file as base64', () => {
  const LIMIT = 40
  it.each(['aGVsbG8=', 'aGVsbG8h', 'aA=='])('%s is taken', (base64) =>
    expect(base64Problem(base64, LIMIT)).toBeNull(),
  )

  it.each([
    ['data:image/png;base64,aGVsbG8h', 'expected the base64 alone, got it behind "data:image/png;base64,"'],
    ['', 'got an empty text'],
    ['aGVsbG8', 'a multiple of 4, got 7 characters'],
    ['aGVs\nbG8h', 'without line breaks and blanks, got one at character 5'],
    ['aGVs-_8h', 'the variant for addresses'],
    ['aGVs*G8h', 'another character at 5'],
    ['a'.repeat(44), 'expected at most 40 characters (16 MiB of a file), got 44: give a larger file by url'],
  ])('%j is refused', (base64, words) => expect(base64Problem(base64, LIMIT)).toContain(words))

  it('of 16 MiB is taken whole, and fits into the body also where each slash has a backslash', () => {
    const base64 = Buffer.alloc(16 * 1_048_576, 0xff).toString('base64')
    expect(base64.length).toBe(BASE64_LIMIT_CHARS)
    expect(base64Problem(base64, BASE64_LIMIT_CHARS)).toBeNull()
    const usual = BASE64_LIMIT_CHARS + BASE64_LIMIT_CHARS / 64
    expect(usual + 65_536).toBeLessThan(SEND_BODY_LIMIT_BYTES)
  })
})

describe('the address of a file', () => {
  it.each(['https://example.com/a.pdf', 'HTTP://127.0.0.1:8080/a'])('%s is taken', (url) =>
    expect(urlProblem(url)).toBeNull(),
  )

  it.each(['example.com/a.pdf', 'ftp://example.com/a', 'file:///etc/passwd', 'https://', ''])(
    '%j is refused',
    (url) => expect(urlProblem(url)).toMatch(/begins with http:\/\/ or https:\/\/, got /),
  )

  it('that is too long is refused', () =>
    expect(urlProblem(`https://example.com/${'a'.repeat(2_048)}`)).toContain('got 2068 characters'))
})

describe('the moment of a message', () => {
  const now = new Date('2026-11-30T12:00:00Z')
  it.each(['2026-12-31T12:00:00Z', '2026-11-30T12:00:01Z', '1999-01-01T00:00:00Z'])('%s is taken', (at) =>
    expect(scheduleProblem(new Date(at), now)).toBeNull(),
  )

  it('after 31 days is refused with the last moment that is taken', () =>
    expect(scheduleProblem(new Date('2026-12-31T12:00:00.001Z'), now)).toBe(
      'expected an instant within 31 days, at most 2026-12-31T12:00:00.000Z, got 2026-12-31T12:00:00.001Z',
    ))
})
