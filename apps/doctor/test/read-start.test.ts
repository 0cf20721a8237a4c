import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readStart } from '../src/read-start.ts'

const root = mkdtempSync(join(tmpdir(), 'zapfleet-read-start-'))
afterAll(() => rmSync(root, { recursive: true }))

const KEPT = {
  'database-url': 'postgres://zapfleet:pw@127.0.0.1:5433/zapfleet',
  'admin-key': 'zf_admin_kept',
  'bot-key': 'zf_bot_kept',
  'simulator-url': 'http://127.0.0.1:8081',
  'simulator-key': 'sim_kept',
  'api-url': 'http://127.0.0.1:3999',
}
const folder = { ZAPFLEET_DATA_DIR: root }
for (const [name, value] of Object.entries(KEPT)) writeFileSync(join(root, name), `${value}\n`)

test('what npm start made fills the gaps of an environment that names nothing', () => {
  const { env, source } = readStart({ ...folder, DATABASE_URL: '' }, '/nowhere')
  expect(env).toMatchObject({
    DATABASE_URL: KEPT['database-url'],
    ADMIN_API_KEY: 'zf_admin_kept',
    BOT_API_KEY: 'zf_bot_kept',
    EVOLUTION_API_URL: KEPT['simulator-url'],
    EVOLUTION_API_KEY: 'sim_kept',
    HOST: '127.0.0.1',
    PORT: '3999',
  })
  expect(source).toBe(`from the environment and ${root}`)
})

test('a database of its own has no key of the embedded one, an Evolution of its own none of the simulator', () => {
  const given = {
    ...folder,
    DATABASE_URL: 'postgres://me@db/fleet',
    EVOLUTION_API_URL: 'https://evolution.example',
  }
  expect(readStart(given, '/nowhere')).toEqual({ env: given, source: 'from the environment' })
})

test('an address that is named is left alone', () => {
  expect(readStart({ ...folder, PORT: '4000' }, '/nowhere').env).toMatchObject({ PORT: '4000' })
  expect(readStart({ ...folder, PORT: '4000' }, '/nowhere').env).not.toHaveProperty('HOST')
})

test('where nothing was made, nothing is filled in', () => {
  const { env } = readStart({ PATH: '/bin' }, join(root, 'never-started'))
  expect(env).toEqual({ PATH: '/bin' })
})
