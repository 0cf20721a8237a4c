import { describe, expect, it } from 'vitest'
import { createLog } from '../src/create-log.ts'
import { masked, maskedAddress, maskedDetails, maskedText } from '../src/mask.ts'

describe('values in log lines', () => {
  it('lose keys, tokens and QR codes, wherever they are', () => {
    const details = maskedDetails({
      headers: { Authorization: 'Bearer s3cret', 'x-api-key': 's3cret' },
      list: [{ token: 's3cret', qr: { base64: 's3cret', note: 'data:image/png;base64,s3cret' } }],
    })
    expect(JSON.stringify(details)).not.toContain('s3cret')
  })

  it('have masked phone numbers and contacts, which stay recognisable', () => {
    expect(
      maskedDetails({ phoneNumber: '+5511987654321', contactId: '4f1c9e52-aaaa', n: 3, none: null }),
    ).toEqual({
      phoneNumber: '+55***21',
      contactId: '4f1***aa',
      n: 3,
      none: null,
    })
    expect(masked('12345')).toBe('***')
    expect(masked('a🪫𐁆bcdefg𑱥∆')).toBe('a🪫𐁆***𑱥∆')
    expect(maskedText('owner 5511987654321@s.whatsapp.net called +5511987654321')).toBe(
      'owner 551***21@s.whatsapp.net called +55***21',
    )
  })

  it('lose the text of a message, and mask its recipient', () => {
    const message = { recipient: 'maria-da-silva', text: 'olá', content: { media: 1 } }
    expect(maskedDetails({ message, caption: 'a', fileName: 'b.pdf', state: 'sent' })).toEqual({
      message: { recipient: 'mar***va', text: '***', content: '***' },
      caption: '***',
      fileName: '***',
      state: 'sent',
    })
  })

  it('lose passwords of addresses', () => {
    expect(maskedText('cannot reach postgres://fleet:pa55@db:5432/x')).toBe(
      'cannot reach postgres://[redacted]@db:5432/x',
    )
  })

  it.each([
    ['zf_bot_abcdefghijkl_0123456789abcdef0123456789abcdef0123456789a', 'zf_bot_abcdefghijkl_***'],
    ['sent zf_admin_a-key-somebody-made-up', 'sent zf_admin_***'],
    ['header bearer abc.def', 'header bearer [redacted]'],
    ['token 273CEEAE-0B71-400E-8761-B11B7FE71A40', 'token [redacted]'],
    ['phone: expected a phone number, got "11 98765"', 'phone: expected a phone number, got "…"'],
    ['invalid input syntax for type uuid: "maria"', 'invalid input syntax for type uuid: "…"'],
    ['Key (contact_id)=(maria) already exists', 'Key (contact_id)=(…) already exists'],
    ['of 5511987654321, of +55 (11) 98765-4321', 'of 551***21, of +55***21'],
    ['a ab345678-1234-1234-1234-123456789012 stays', 'a ab345678-1234-1234-1234-123456789012 stays'],
    [
      '2026-11-25T13:26:21.123Z stays, as 1764077181 does not',
      '2026-11-25T13:26:21.123Z stays, as 176***81 does not',
    ],
  ])('"%s" becomes "%s"', (text, expected) => {
    expect(maskedText(text)).toBe(expected)
  })

  it('contain no given secret, also as an address encodes it', () => {
    const lines: string[] = []
    const log = createLog({
      app: 'api',
      level: 'info',
      secrets: ['pa55/word+x'],
      destination: { write: (line: string) => lines.push(line) },
    })
    log.info({ a: ['x pa55/word+x'], err: new Error('at ?p=pa55%2Fword%2Bx') }, 'it says pa55/word+x')
    expect(lines.join('')).not.toMatch(/pa55/)
    expect(lines.join('')).toContain('it says ***')
  })

  it('write an error with its causes, and accept one that is its own cause', () => {
    const error = new Error('outer', { cause: new Error('postgres://u:pa55@h') })
    const details = maskedDetails({ err: error }) as { err: { message: string; cause: { message: string } } }
    expect(details.err).toMatchObject({ message: 'outer', cause: { message: 'postgres://[redacted]@h' } })
    const circle = new Error('round')
    circle.cause = circle
    expect(JSON.stringify(maskedDetails({ err: circle }))).toContain('round')
  })

  it('are masked in the lines that are really written', () => {
    const lines: string[] = []
    const log = createLog({
      app: 'api',
      level: 'info',
      secrets: ['a-key-of-ours'],
      destination: { write: (line: string) => lines.push(line) },
    })
    log.info({ apikey: 's3cret', contactId: '4f1c9e52-aaaa', err: new Error('to +5511987654321') }, 'told')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toMatch(/s3cret|4f1c9e52|5511987654321/)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', app: 'api', msg: 'told' })
  })
})

describe('an address', () => {
  it.each([
    ['203.0.113.77', '203.0.113.*'],
    ['::ffff:203.0.113.77', '203.0.113.*'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:*'],
    ['::1', '::1'],
    ['what', '***'],
  ])('%s is shown as %s', (address, expected) => {
    expect(maskedAddress(address)).toBe(expected)
  })
})
