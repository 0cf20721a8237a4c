import { describe, expect, it } from 'vitest'
import { browserName } from '../src/session/browser-name.ts'
import { endedCookies, isSameOrigin, presentedSession, sessionCookie } from '../src/session/session-cookie.ts'

const session = { secret: 'zf_session_a_b', seconds: 60 }

describe('the cookie of a session', () => {
  const cookie = (headers: Record<string, string>, addresses: readonly string[], protocol = 'http') =>
    sessionCookie({ headers, protocol }, session, addresses)

  it('is HttpOnly and SameSite=Strict, and has a name of its own at each port', () => {
    expect(cookie({ host: '127.0.0.1:3333' }, [])).toBe(
      'zapfleet_session_3333=zf_session_a_b; Path=/; Max-Age=60; HttpOnly; SameSite=Strict',
    )
    expect(cookie({ host: 'fleet.example.com' }, [])).toMatch(/^zapfleet_session=/)
    expect(cookie({ host: '[::1]:3333' }, [])).toMatch(/^zapfleet_session_3333=/)
  })

  it.each([
    ['an address is https', {}, ['http://api:3333', 'https://fleet.example.com'], 'http', true],
    ['a trusted proxy reports https', {}, [], 'https', true],
    ['the browser is at https', { origin: 'https://fleet.example.com' }, [], 'http', true],
    ['no address is https', {}, ['http://10.0.0.5:3333'], 'http', false],
    // The browser would not store a Secure cookie, and the sign-in would end at once.
    [
      'the browser is at http',
      { origin: 'http://10.0.0.5:3333' },
      ['https://fleet.example.com'],
      'http',
      false,
    ],
  ])('where %s: %j', (_where, headers, addresses, protocol, isSecure) => {
    const text = cookie({ host: 'fleet.example.com', ...headers }, addresses, protocol)
    expect(text.endsWith('; Secure')).toBe(isSecure)
    expect(text.startsWith('__Host-')).toBe(isSecure)
  })

  it('is read only beside the header that other origins cannot send', () => {
    const sent = { host: 'h:1', cookie: 'a=b; zapfleet_session_1=plain; zapfleet_session=other; x' }
    expect(presentedSession(sent)).toBeNull()
    const own = { ...sent, 'x-zapfleet-session': '1' }
    expect(presentedSession(own)).toBe('plain')
    expect(presentedSession({ ...own, host: 'h' })).toBe('other')
    expect(presentedSession({ ...own, host: 'h:2' })).toBeNull()
    const both = `${sent.cookie}; __Host-zapfleet_session_1=secure`
    expect(presentedSession({ ...own, cookie: both })).toBe('secure')
  })

  it('is removed under both of its names', () => {
    const ended = endedCookies({ headers: { host: 'h:1' }, protocol: 'http' })
    expect(ended.map((one) => one.split(';')[0])).toEqual([
      'zapfleet_session_1=',
      '__Host-zapfleet_session_1=',
    ])
    for (const one of ended) expect(one).toContain('Max-Age=0')
  })
})

it('a page of the same origin is distinguished from all others', () => {
  const hosts = ['fleet.example.com']
  const origin = 'https://fleet.example.com'
  expect(isSameOrigin({ 'sec-fetch-site': 'same-origin', origin: 'https://rewritten' }, hosts)).toBe(true)
  for (const site of ['same-site', 'cross-site', 'none', ''])
    expect(isSameOrigin({ 'sec-fetch-site': site, origin }, hosts)).toBe(false)
  expect(isSameOrigin({ origin }, hosts)).toBe(true)
  expect(isSameOrigin({}, hosts)).toBe(true)
  for (const other of ['https://example.com', 'https://fleet.example.com:8443', 'null', ''])
    expect(isSameOrigin({ origin: other }, hosts)).toBe(false)
})

it('a browser is named with its system', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
  expect(browserName(chrome)).toBe('Chrome, Linux')
  expect(browserName(`${chrome} Edg/131.0.0.0`)).toBe('Edge, Linux')
  expect(
    browserName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari, iOS')
  expect(browserName('curl/8.5.0')).toBe('unknown')
  expect(browserName(undefined)).toBe('unknown')
})
