import { describe, expect, it } from 'vitest'
import { createLog } from '../src/log.ts'
import { masked, maskedAddress, maskedDetails, maskedText } from '../src/mask.ts'

describe('what may be logged', () => {
  it('takes keys, tokens and QR codes out, wherever they are', () => {
    const details = maskedDetails({
      headers: { Authorization: 'Bearer s3cret', 'x-api-key': 's3cret' },
      list: [{ token: 's3cret', qr: { base64: 's3cret', note: 'data:image/png;base64,s3cret' } }],
    })
    expect(JSON.stringify(details)).not.toContain('s3cret')
  })

  it('masks phone numbers and people, and keeps enough to recognise them', () => {
    expect(
      maskedDetails({ phoneNumber: '+5511987654321', contactId: '4f1c9e52-aaaa', n: 3, none: null }),
    ).toEqual({
      phoneNumber: '+55***21',
      contactId: '4f1***aa',
      n: 3,
      none: null,
    })
    expect(masked('12345')).toBe('***')
    expect(maskedText('owner 5511987654321@s.whatsapp.net called +5511987654321')).toBe(
      'owner 551***21@s.whatsapp.net called +55***21',
    )
  })

  it('takes passwords out of addresses', () => {
    expect(maskedText('cannot reach postgres://fleet:pa55@db:5432/x')).toBe(
      'cannot reach postgres://fleet:***@db:5432/x',
    )
  })

  it('writes an error with its causes, and survives one that causes itself', () => {
    const error = new Error('outer', { cause: new Error('postgres://u:pa55@h') })
    const details = maskedDetails({ err: error }) as { err: { message: string; cause: { message: string } } }
    expect(details.err).toMatchObject({ message: 'outer', cause: { message: 'postgres://u:***@h' } })
    const circle = new Error('round')
    circle.cause = circle
    expect(JSON.stringify(maskedDetails({ err: circle }))).toContain('round')
  })

  it('holds in the lines that really come out', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => lines.push(line) })
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
