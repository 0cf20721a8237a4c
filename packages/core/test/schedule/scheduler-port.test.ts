import { expect, it } from 'vitest'
import { parseEnvironment } from '../../src/index.ts'

const whole = {
  DATABASE_URL: 'postgres://localhost/fleet',
  EVOLUTION_API_URL: 'http://localhost:8080',
  EVOLUTION_API_KEY: 'key',
  ADMIN_API_KEY: 'admin-key-for-tests-0123456789',
  BOT_API_KEY: 'bot-key-for-tests-0123456789',
}

it('distinguishes a configured port of the scheduler from the default', () => {
  expect(parseEnvironment(whole).schedulerPort).toBeNull()
  expect(parseEnvironment({ ...whole, SCHEDULER_PORT: '' }).schedulerPort).toBeNull()
  expect(parseEnvironment({ ...whole, SCHEDULER_PORT: '4444' }).schedulerPort).toBe(4444)
})

it('refuses an invalid port, together with every other problem', () => {
  expect(() => parseEnvironment({ ...whole, SCHEDULER_PORT: '99999', BOT_API_KEY: 'short' })).toThrow(
    /BOT_API_KEY .*\n.*SCHEDULER_PORT must be a port from 0 to 65535/,
  )
})
