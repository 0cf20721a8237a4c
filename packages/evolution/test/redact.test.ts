import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../src/redact.ts'

describe('redact', () => {
  it.each([
    ['the key itself', 'you sent evo-key-123456 to me', 'evo-key-123456'],
    ['a token in JSON', '{"name":"a1","token":"s3cr3tvalue","x":1}', 's3cr3tvalue'],
    ['a token that was cut off', '{"name":"a1","token":"s3cr3tval', 's3cr3tval'],
    ['a hash in JSON inside a string', '"{\\"hash\\":\\"s3cr3tvalue\\"}"', 's3cr3tvalue'],
    ['the hash of version 1', '{"hash":{"apikey":"s3cr3tvalue"}}', 's3cr3tvalue'],
    ['a longer field name', '{"accessTokenWaBusiness":"s3cr3tvalue"}', 's3cr3tvalue'],
    ['a query parameter', 'GET /x?apikey=s3cr3tvalue&y=1', 's3cr3tvalue'],
    ['a header', 'Authorization: Bearer s3cr3t.value', 's3cr3t.value'],
    ['basic credentials', 'authorization=Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['an instance token without a name', 'saw 273CEEAE-0B71-400E-8761-B11B7FE71A40 twice', '273CEEAE'],
    ['a QR picture', '<img src="data:image/png;base64,iVBORw0KGgo=">', 'iVBORw0KGgo'],
    ['a QR text', '{"code":"2@AbCdEfGhIjKlMnOpQrStUvWxYz0123,x,y"}', 'AbCdEfGh'],
    ['a pairing code', '{"pairingCode":"53JXEX52"}', '53JXEX52'],
    ['credentials in an address', 'postgresql://user:pa55word@db:5432/x', 'pa55word'],
    ['a phone number', '{"jid":"5511977770000@s.whatsapp.net"}', '97777'],
    ['a phone number as people write it', 'call +55 (11) 97777-0000', '7777'],
  ])('hides %s', (_what, text, secret) => {
    expect(redact(text, ['evo-key-123456'])).not.toContain(secret)
  })

  it('keeps the text that an operator needs', () => {
    const words = 'The "loja_1" instance does not exist (id c085cf21-e294-41c0-9ad5-975b2073112f)'
    expect(redact(words, ['evo-key-123456'])).toBe(words)
  })

  it('returns one line of at most 300 characters, so that a log line cannot be forged', () => {
    const text = redact(`no\r\n{"level":30}\u2028\u0007${'word '.repeat(200)}`, [])
    expect(text).toMatch(/^no \{"level":30\} word/)
    expect(text).toHaveLength(300)
  })

  it('never returns a given secret, at any position', () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 40 })
      .filter((s) => !'[redacted] [number]…'.includes(s.trim()))
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        expect(redact(before + key + after, [key])).not.toContain(key)
        expect(redact(JSON.stringify({ echo: before + key + after }), [key])).not.toContain(key)
      }),
    )
  })

  it('hides a secret behind a huge picture', () => {
    expect(
      redact(`{"base64":"${'A'.repeat(200_000)}","x":"evo-key-123456"}`, ['evo-key-123456']),
    ).not.toContain('evo-key')
  })

  it.each(['1', 'a-', 'token', 'token=', '://', '\\', 'data:a/a', 'bearer ', '+1 (', ' ', '2@'])(
    'takes time in proportion to a megabyte of %j',
    (piece) => {
      // Processor time of this process: other work on the machine does not add to it. Linear: 0.1 s; quadratic: many minutes.
      const before = process.cpuUsage()
      redact(piece.repeat(1_000_000 / piece.length), ['evo-key-123456'])
      expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20)
    },
  )
})
