import { describe, expect, it } from 'vitest'
import { parseEnvironment, secretsOf } from '../src/index.ts'

const WHOLE = {
  DATABASE_URL: 'postgres://u:p@localhost/db',
  EVOLUTION_API_URL: 'https://evolution.example.com',
  EVOLUTION_API_KEY: 'k',
  ADMIN_API_KEY: 'admin-key-0123456789-for-tests',
  BOT_API_KEY: 'bot-key-0123456789-for-tests',
}

describe('the environment variables', () => {
  it('by default trusts no proxy, allows no page of another origin, and sets generous limits', () => {
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
  ])('TRUST_PROXY=%s is accepted', (text, expected) => {
    expect(parseEnvironment({ ...WHOLE, TRUST_PROXY: text }).trustProxy).toEqual(expected)
  })

  it.each([
    '0.0.0.0/1,128.0.0.0/1',
    '0.0.0.0/2,64.0.0.0/2,128.0.0.0/1',
    '::/1,8000::/1',
    '::ffff:0:0/96',
    '::ffff:0.0.0.0/97,::ffff:128.0.0.0/97',
    '0:0:0:0:0:ffff::/95',
  ])('TRUST_PROXY=%s trusts every address and is refused', (text) => {
    expect(() => parseEnvironment({ ...WHOLE, TRUST_PROXY: text })).toThrow(/TRUST_PROXY must be/)
  })

  it.each(['10.0.0.0/8', 'fc00::/7', '::ffff:10.0.0.0/104', '::1/128', '::1'])(
    'TRUST_PROXY=%s is a network of proxies',
    (text) => {
      expect(parseEnvironment({ ...WHOLE, TRUST_PROXY: text }).trustProxy).toEqual([text])
    },
  )

  it.each([
    'https://fleet.example.com/?a=1',
    'https://fleet.example.com/x#y',
    'https://fleet.example.com/#',
    'https://fleet.example.com?',
  ])('PUBLIC_URL=%s is refused', (text) => {
    expect(() => parseEnvironment({ ...WHOLE, PUBLIC_URL: text })).toThrow(/PUBLIC_URL must be a URL without/)
    expect(parseEnvironment({ ...WHOLE, PUBLIC_URL: 'https://fleet.example.com/x' }).publicUrl).toBe(
      'https://fleet.example.com/x',
    )
  })

  it('PAGE_URL is unset by default, apart from PUBLIC_URL, and a URL without "?" and "#"', () => {
    const both = { ...WHOLE, PUBLIC_URL: 'https://hooks.example.com', PAGE_URL: 'https://zap.example.com/x' }
    expect(parseEnvironment(both)).toMatchObject({
      publicUrl: 'https://hooks.example.com',
      pageUrl: 'https://zap.example.com/x',
    })
    expect(parseEnvironment({ ...both, PAGE_URL: '' }).pageUrl).toBeNull()
    for (const text of ['zap.example.com', 'ftp://zap.example.com', 'https://zap.example.com/#/numbers'])
      expect(() => parseEnvironment({ ...WHOLE, PAGE_URL: text })).toThrow(/PAGE_URL must be a URL/)
  })

  it.each(['a'.repeat(48), 'abc'.repeat(16), '0123456'.repeat(8)])(
    'a key of few characters is refused: %s',
    (text) => {
      for (const name of ['ADMIN_API_KEY', 'BOT_API_KEY'])
        expect(() => parseEnvironment({ ...WHOLE, [name]: text })).toThrow(
          new RegExp(`${name} must have at least 8 different characters`),
        )
    },
  )

  it('seals nothing without ZAPFLEET_SECRET, and neither secret may be written', () => {
    expect(parseEnvironment(WHOLE)).toMatchObject({ secret: null, previousSecret: null })
    const [present, previous] = ['present-secret-0123456789-abcdef', 'previous-secret-0123456789-abcde']
    const rotated = { ...WHOLE, ZAPFLEET_SECRET: present, ZAPFLEET_SECRET_PREVIOUS: previous }
    expect(parseEnvironment(rotated)).toMatchObject({ secret: present, previousSecret: previous })
    expect(secretsOf(parseEnvironment(rotated))).toEqual(expect.arrayContaining([present, previous]))
    expect(() => parseEnvironment({ ...WHOLE, ZAPFLEET_SECRET_PREVIOUS: previous })).toThrow(
      'ZAPFLEET_SECRET_PREVIOUS is set without ZAPFLEET_SECRET',
    )
  })

  it.each(['planted-0123456789-short', 'planted-with a blank-0123456789-abc', 'ab'.repeat(20)])(
    'ZAPFLEET_SECRET=%s is refused, and the message does not have it',
    (text) => {
      const refused = () => parseEnvironment({ ...WHOLE, ZAPFLEET_SECRET: text })
      expect(refused).toThrow(/ZAPFLEET_SECRET must have at least/)
      expect(refused).not.toThrow(new RegExp(text))
    },
  )

  it('GET /health/instances is open unless HEALTH_INSTANCES_OPEN closes it', () => {
    expect(parseEnvironment(WHOLE).healthOpen).toBe(true)
    expect(parseEnvironment({ ...WHOLE, HEALTH_INSTANCES_OPEN: 'false' }).healthOpen).toBe(false)
    expect(() => parseEnvironment({ ...WHOLE, HEALTH_INSTANCES_OPEN: 'no' })).toThrow(/HEALTH_INSTANCES_OPEN/)
  })

  it.each(['true', '*', '0', '0.0.0.0/0', '::/0', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8'])(
    'TRUST_PROXY=%s is refused',
    (text) => {
      expect(() => parseEnvironment({ ...WHOLE, TRUST_PROXY: text })).toThrow(/TRUST_PROXY must be/)
    },
  )

  it('CORS_ORIGINS are origins; a wildcard is refused', () => {
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

describe('the URL of the database', () => {
  const problemOf = (text: string): string => {
    try {
      parseEnvironment({ ...WHOLE, DATABASE_URL: text })
    } catch (error) {
      return (error as Error).message
    }
    return 'none'
  }

  it.each(['p%ss', '100%', '%zz', '%E9'])(
    'a password of %s, not encoded, is reported without its text',
    (password) => {
      const problem = problemOf(`postgres://u:${password}@db.example.com/fleet`)
      expect(problem).toContain('DATABASE_URL has a "%" that begins no percent-encoded character')
      expect(problem).toContain('write % @ : / ? # as %25 %40 %3A %2F %3F %23')
      expect(problem).not.toContain(password)
    },
  )

  it.each(['postgres://u:p@ho%zz/fleet', 'postgres://u:p@db.example.com/fl%'])(
    'a stray percent sign in the host or the path is reported: %s',
    (text) => {
      expect(problemOf(text)).toContain('DATABASE_URL has a "%" that begins no percent-encoded character')
    },
  )

  it.each(['pa/ss', 'pa?ss', 'pa#ss', '12/34', '12?34', '12#34'])(
    'a password of %s, not encoded, is reported without its text',
    (password) => {
      const problem = problemOf(`postgres://u:${password}@db.example.com/fleet`)
      expect(problem).toContain('in a password write % @ : / ? # as %25')
      expect(problem).not.toContain(password)
    },
  )

  it.each([
    ['sslmode=verify-fully', /unknown sslmode: expected one of disable, allow, prefer, require/],
    ['sslmode=verify-ca', /verify-ca without an authority/],
    ['sslmode=require&sslrootcert=system', /needs sslmode=verify-full/],
    ['sslnegotiation=direct&sslmode=prefer', /sslnegotiation=direct, which needs sslmode=require/],
  ])('%s is refused', (parameters, words) => {
    expect(problemOf(`postgres://u:p@db.example.com/fleet?${parameters}`)).toMatch(words)
  })

  it('takes missing parts from the variables of libpq, and masks their password in logs', () => {
    const odd = "p@ss/w%rd?#:'& +"
    const environment = parseEnvironment({
      ...WHOLE,
      DATABASE_URL: 'postgres://u@db.example.com/fleet',
      DIRECT_URL: 'postgres://v:own@db.example.com/fleet?sslmode=disable',
      PGPASSWORD: odd,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/ca.crt',
    })
    const { password, searchParams } = new URL(environment.databaseUrl)
    expect(decodeURIComponent(password)).toBe(odd)
    expect(Object.fromEntries(searchParams)).toEqual({ sslmode: 'verify-full', sslrootcert: '/ca.crt' })
    expect(new URL(environment.directUrl).password).toBe('own')
    expect(new URL(environment.directUrl).searchParams.get('sslmode')).toBe('disable')
    expect(secretsOf(environment)).toEqual(expect.arrayContaining([odd, 'own']))
  })

  it('without TLS is allowed on this machine when PGSSLROOTCERT is set', () => {
    const { databaseUrl } = parseEnvironment({ ...WHOLE, PGSSLROOTCERT: '/ca.crt' })
    expect(databaseUrl).toBe(WHOLE.DATABASE_URL)
  })
})

describe('the sizes of the pools', () => {
  it('are 4 and 8 by default, or as configured', () => {
    expect(parseEnvironment(WHOLE).poolSizes).toEqual({ claims: 4, registry: 8 })
    const sizes = { DATABASE_CLAIM_CONNECTIONS: '2', DATABASE_REGISTRY_CONNECTIONS: '30' }
    expect(parseEnvironment({ ...WHOLE, ...sizes }).poolSizes).toEqual({ claims: 2, registry: 30 })
  })

  it.each(['0', '1', '201', '-4', '4.5', 'many'])('%s is refused', (text) => {
    for (const name of ['DATABASE_CLAIM_CONNECTIONS', 'DATABASE_REGISTRY_CONNECTIONS'])
      expect(() => parseEnvironment({ ...WHOLE, [name]: text })).toThrow(
        `${name} must be a number of connections from 2 to 200`,
      )
  })
})

describe('the default country', () => {
  it('is Brazil where none is set', () => expect(parseEnvironment(WHOLE).defaultCountry).toBe('BR'))

  it.each(['PT', 'US', 'MX'])('%s is accepted', (text) => {
    expect(parseEnvironment({ ...WHOLE, DEFAULT_COUNTRY: text }).defaultCountry).toBe(text)
  })

  it.each(['br', 'Brasil', '55', 'XX', 'BRA', 'constructor'])('%s is refused', (text) => {
    expect(() => parseEnvironment({ ...WHOLE, DEFAULT_COUNTRY: text })).toThrow(
      /DEFAULT_COUNTRY must be the ISO 3166 code of a country, in capitals, such as BR/,
    )
  })
})
