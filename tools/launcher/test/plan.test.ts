import { expect, test } from 'vitest'
import { addressOf, planStart, withoutEmpty } from '../src/plan.ts'

test('nothing set: database and Evolution are included, in a folder of the clone, with a demo', () => {
  expect(planStart({}, [], '/clone')).toEqual({
    dataDir: '/clone/.zapfleet',
    host: '127.0.0.1',
    port: 3333,
    database: 'embedded',
    evolution: 'simulated',
    demo: 'small',
    showAllLogs: false,
    watch: false,
  })
})

test.each([
  [{ DATABASE_URL: 'postgres://x' }, { database: 'yours', evolution: 'simulated', demo: null }],
  [{ EVOLUTION_API_URL: 'http://x' }, { database: 'embedded', evolution: 'yours', demo: null }],
  [{ SEED_INSTANCES: 'a,b' }, { database: 'embedded', evolution: 'simulated', demo: null }],
  [
    { DATABASE_URL: '', EVOLUTION_API_URL: '', SEED_INSTANCES: '' },
    { database: 'embedded', evolution: 'simulated', demo: 'small' },
  ],
])('%j plans %j', (env, expected) => {
  expect(planStart(env, [], '/clone')).toMatchObject(expected)
})

test.each(['0', '-1', '65536', '33 33', '3333x', '0x10'])('%j is no port', (PORT) => {
  expect(planStart({ PORT }, [], '/clone').port).toBeNull()
})

test('a relative data folder is in the clone', () => {
  expect(planStart({ ZAPFLEET_DATA_DIR: 'second' }, [], '/clone').dataDir).toBe('/clone/second')
})

test('all logs are shown when a level or a flag requests them', () => {
  expect(planStart({ LOG_LEVEL: 'debug' }, [], '/clone').showAllLogs).toBe(true)
  expect(planStart({}, ['--verbose'], '/clone').showAllLogs).toBe(true)
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:3333'],
  ['0.0.0.0', 'http://127.0.0.1:3333'],
  ['::', 'http://[::1]:3333'],
  ['::1', 'http://[::1]:3333'],
  ['fleet.local', 'http://fleet.local:3333'],
])('a listener on %s is reached at %s', (host, url) => {
  expect(addressOf(host, 3333)).toBe(url)
})

test('empty variables count as unset', () => {
  expect(withoutEmpty({ A: '', B: 'b', C: undefined })).toEqual({ B: 'b' })
})

test('DEMO=large plans the large demo where there is one, and no other word is a demo', () => {
  expect(planStart({ DEMO: 'large' }, [], '/clone').demo).toBe('large')
  expect(planStart({ DEMO: 'large', DATABASE_URL: 'postgres://x' }, [], '/clone').demo).toBeNull()
  expect(() => planStart({ DEMO: 'huge' }, [], '/clone')).toThrow('DEMO must be large')
})
