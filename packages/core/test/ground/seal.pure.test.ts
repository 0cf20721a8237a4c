import { describe, expect, it } from 'vitest'
import { createSealer } from '../../src/ground/seal.ts'

const FIRST = 'first-secret-0123456789-abcdefghijkl'
const SECOND = 'second-secret-0123456789-abcdefghijk'
const ROW = 'webhook_endpoint:shop'

describe('secrets at rest', () => {
  it.each(['whsec_c2VjcmV0', '', 'ação 🔐', 'x'.repeat(5_000)])('opens what it sealed: %s', (secret) => {
    const sealed = createSealer(FIRST).seal(secret, ROW)
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}$/)
    if (secret !== '') expect(sealed).not.toContain(secret)
    expect(createSealer(FIRST).open(sealed, ROW)).toBe(secret)
  })

  it('seals the same secret differently each time', () => {
    const sealer = createSealer(FIRST)
    expect(sealer.seal('same', ROW)).not.toBe(sealer.seal('same', ROW))
  })

  it('opens with the previous secret and seals with the present one', () => {
    const old = createSealer(FIRST).seal('kept', ROW)
    const rotated = createSealer(SECOND, FIRST)
    expect(rotated.open(old, ROW)).toBe('kept')
    expect(rotated.hasKeyOf(old)).toBe(true)
    const fresh = rotated.seal('new', ROW)
    expect(createSealer(SECOND).open(fresh, ROW)).toBe('new')
    expect(() => createSealer(FIRST).open(fresh, ROW)).toThrow('another ZAPFLEET_SECRET')
  })

  it('seals again what the previous secret sealed, and nothing else', () => {
    const old = createSealer(FIRST).seal('kept', ROW)
    const rotated = createSealer(SECOND, FIRST)
    const fresh = rotated.reseal(old, ROW) ?? ''
    expect(createSealer(SECOND).open(fresh, ROW)).toBe('kept')
    expect(rotated.reseal(fresh, ROW)).toBeNull()
    expect(() => createSealer(SECOND).reseal(old, ROW)).toThrow('another ZAPFLEET_SECRET')
  })

  it('names the key that sealed a text which it cannot open', () => {
    const sealed = createSealer(FIRST).seal('kept', ROW)
    const other = createSealer(SECOND)
    expect(other.hasKeyOf(sealed)).toBe(false)
    expect(() => other.open(sealed, ROW)).toThrow(
      expect.objectContaining({
        code: 'INVALID_STATE',
        message: expect.stringContaining(`sealed with another ZAPFLEET_SECRET (key ${sealed.split('.')[1]})`),
      }),
    )
  })

  const sealed = createSealer(FIRST).seal('kept', ROW)
  const [version, id, iv, box = ''] = sealed.split('.')
  const flipped = Buffer.from(box, 'base64url')
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  it.each([
    ['an empty text', ''],
    ['plain text', 'whsec_abc'],
    ['another version', ['v2', id, iv, box].join('.')],
    ['a part more', `${sealed}.x`],
    ['a short iv', [version, id, 'AAAA', box].join('.')],
    ['no tag', [version, id, iv, 'AAAA'].join('.')],
    ['a changed byte', [version, id, iv, flipped.toString('base64url')].join('.')],
    ['another iv', [version, id, Buffer.alloc(12).toString('base64url'), box].join('.')],
  ])('refuses %s', (_what, text) => {
    expect(() => createSealer(FIRST).open(text, ROW)).toThrow(
      expect.objectContaining({
        code: 'INVALID_STATE',
        message: expect.stringContaining('cannot be opened'),
      }),
    )
  })

  it('does not open a text that was copied from another row', () => {
    expect(() => createSealer(FIRST).open(sealed, 'webhook_endpoint:other')).toThrow('cannot be opened')
  })
})
