import { describe, expect, it } from 'vitest'
import { parseEnvironment } from '../src/index.ts'

const WHOLE = {
  DATABASE_URL: 'postgres://u:p@localhost/db',
  EVOLUTION_API_URL: 'https://evolution.example.com',
  EVOLUTION_API_KEY: 'k',
  ADMIN_API_KEY: 'a'.repeat(24),
  BOT_API_KEY: 'b'.repeat(24),
}

describe('the edge of the environment', () => {
  it('trusts nobody, opens to no page, and limits generously by default', () => {
    expect(parseEnvironment(WHOLE)).toMatchObject({
      trustProxy: null,
      corsOrigins: [],
      keyCallsPerSecond: 1_000,
      keyStreams: 50,
      wrongKeysPerMinute: 30,
    })
  })

  it.each([
    ['1', 1],
    ['2', 2],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 127.0.0.1 , fd00::/8,loopback', ['127.0.0.1', 'fd00::/8', 'loopback']],
  ])('TRUST_PROXY=%s is understood', (text, expected) => {
    expect(parseEnvironment({ ...WHOLE, TRUST_PROXY: text }).trustProxy).toEqual(expected)
  })

  it.each(['true', '*', '0', '0.0.0.0/0', '::/0', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8'])(
    'TRUST_PROXY=%s is refused',
    (text) => {
      expect(() => parseEnvironment({ ...WHOLE, TRUST_PROXY: text })).toThrow(/TRUST_PROXY must be/)
    },
  )

  it('CORS_ORIGINS are origins, and never everybody', () => {
    const list = 'https://a.example.com, http://localhost:5173'
    expect(parseEnvironment({ ...WHOLE, CORS_ORIGINS: list }).corsOrigins).toEqual([
      'https://a.example.com',
      'http://localhost:5173',
    ])
    for (const wrong of ['*', 'https://a.example.com/', 'a.example.com', 'https://*.example.com/x', 'null'])
      expect(() => parseEnvironment({ ...WHOLE, CORS_ORIGINS: wrong })).toThrow(/CORS_ORIGINS must be/)
  })

  it.each(['KEY_CALLS_PER_SECOND', 'KEY_STREAMS', 'WRONG_KEYS_PER_MINUTE'])(
    '%s is a whole number',
    (name) => {
      expect(() => parseEnvironment({ ...WHOLE, [name]: '0' })).not.toThrow()
      for (const wrong of ['-1', '1.5', 'many'])
        expect(() => parseEnvironment({ ...WHOLE, [name]: wrong })).toThrow(`${name} must be a whole number`)
    },
  )
})
