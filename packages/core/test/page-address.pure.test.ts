import { describe, expect, it } from 'vitest'
import { isForMachines, pageAddress } from '../src/ground/page-address.ts'

const PAGE = 'https://zap.example.com'
const INSIDE = 'http://api:3333'

describe('the address at which people open the page', () => {
  it.each([
    ['PAGE_URL alone', PAGE, null, PAGE],
    ['PAGE_URL before PUBLIC_URL', PAGE, 'https://hooks.example.com', PAGE],
    [
      'PAGE_URL as it is given, also on this machine',
      'http://localhost:3333/',
      null,
      'http://localhost:3333',
    ],
    [
      'PUBLIC_URL where people can open it, as before',
      null,
      'https://hooks.example.com/',
      'https://hooks.example.com',
    ],
    ['a PUBLIC_URL with a path', null, 'https://example.com/fleet/', 'https://example.com/fleet'],
    ['no link where PUBLIC_URL is a container', null, INSIDE, null],
    ['no link where neither is set', null, null, null],
  ])('is %s', (_what, pageUrl, publicUrl, expected) => {
    expect(pageAddress({ pageUrl, publicUrl })).toBe(expected)
  })

  it.each([
    ['http://api:3333', true],
    ['http://zapfleet_api', true],
    ['http://localhost:3333', true],
    ['http://127.0.0.1:3333', true],
    ['http://127.5.0.1', true],
    ['http://0.0.0.0:3333', true],
    ['http://[::1]:3333', true],
    ['http://[::ffff:127.0.0.1]', true],
    ['http://host.docker.internal:3333', true],
    ['http://fleet.local', true],
    ['http://zapfleet.default.svc:3333', true],
    ['http://zapfleet.default.svc.cluster.local', true],
    ['https://zap.example.com', false],
    ['https://ZAP.example.com.', false],
    ['http://192.168.0.5:3333', false],
    ['http://10.0.0.5', false],
    ['https://203.0.113.9', false],
    ['http://[2001:db8::1]', false],
    ['https://localhost.example.com', false],
  ])('%s is for machines only: %s', (url, expected) => {
    expect(isForMachines(url)).toBe(expected)
  })
})
