import { describe, expect, it } from 'vitest'
import { exposureWarnings } from '../src/startup-messages.ts'

describe('warnings at the start of the API', () => {
  it.each(['0.0.0.0', '::', '192.168.1.2', 'fleet.internal'])('one when %s is open without TLS', (host) => {
    expect(exposureWarnings({ host, trustProxy: null }, 1000)).toEqual([
      expect.stringContaining(`listens on ${host} without TLS`),
    ])
    expect(exposureWarnings({ host, trustProxy: 1 }, 1000)).toEqual([])
  })

  it('one when it runs as root', () => {
    expect(exposureWarnings({ host: '127.0.0.1', trustProxy: null }, 0)).toEqual([
      expect.stringContaining('runs as root'),
    ])
  })

  it.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('none on %s as another user', (host) => {
    expect(exposureWarnings({ host, trustProxy: null }, 1000)).toEqual([])
    expect(exposureWarnings({ host, trustProxy: null }, undefined)).toEqual([])
  })
})
