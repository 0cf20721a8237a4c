import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdFolder } from '@zapfleet/holder'
import { newFolder } from '@zapfleet/testing'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
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

test('values of npm start fill an environment that sets none', () => {
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

test('a configured database gets no key of the embedded one, a configured Evolution none of the simulator', () => {
  const given = {
    ...folder,
    DATABASE_URL: 'postgres://me@db/fleet',
    EVOLUTION_API_URL: 'https://evolution.example',
  }
  expect(readStart(given, '/nowhere')).toEqual({
    env: given,
    source: 'from the environment',
    difference: null,
  })
})

test('a configured address is kept', () => {
  expect(readStart({ ...folder, PORT: '4000' }, '/nowhere').env).toMatchObject({ PORT: '4000' })
  expect(readStart({ ...folder, PORT: '4000' }, '/nowhere').env).not.toHaveProperty('HOST')
})

test('without a start nothing is filled in', () => {
  const { env } = readStart({ PATH: '/bin' }, join(root, 'never-started'))
  expect(env).toEqual({ PATH: '/bin' })
})

describe('while npm start runs', () => {
  const running = (note: object): string => {
    const folder = newFolder()
    for (const [name, value] of Object.entries(KEPT)) writeFileSync(join(folder, name), `${value}\n`)
    const hold = holdFolder(folder, { url: KEPT['api-url'], children: [], ...note })
    onTestFinished(() => hold.release())
    return folder
  }
  const own = { database: 'embedded', evolutionUrl: 'https://evolution.example/api' }

  test('with an Evolution of its shell, that one is examined, and no simulator of an earlier start', () => {
    const ZAPFLEET_DATA_DIR = running(own)
    const { env, difference } = readStart({ ZAPFLEET_DATA_DIR }, '/nowhere')
    expect(env).toMatchObject({ EVOLUTION_API_URL: own.evolutionUrl, DATABASE_URL: KEPT['database-url'] })
    expect(env).not.toHaveProperty('EVOLUTION_API_KEY')
    expect(difference).toContain('EVOLUTION_API_URL=https://evolution.example and its key')
    const withKey = readStart({ ZAPFLEET_DATA_DIR, EVOLUTION_API_KEY: 'theirs' }, '/nowhere')
    expect(withKey.env).toMatchObject({ EVOLUTION_API_URL: own.evolutionUrl, EVOLUTION_API_KEY: 'theirs' })
    expect(withKey.difference).toBeNull()
  })

  test('another Evolution than that of the environment is reported', () => {
    const given = { ZAPFLEET_DATA_DIR: running(own), EVOLUTION_API_URL: 'http://old.example' }
    const { env, difference } = readStart(given, '/nowhere')
    expect(env.EVOLUTION_API_URL).toBe('http://old.example')
    expect(difference).toBe('the running npm start uses another EVOLUTION_API_URL: https://evolution.example')
    const simulated = { ...given, ZAPFLEET_DATA_DIR: running({ ...own, evolutionUrl: null }) }
    expect(readStart(simulated, '/nowhere').difference).toContain('uses the simulator')
  })

  test('with a database of its shell, the embedded one of an earlier start is not examined', () => {
    const note = { database: 'yours', evolutionUrl: null }
    const { env, difference } = readStart({ ZAPFLEET_DATA_DIR: running(note) }, '/nowhere')
    expect(env).not.toHaveProperty('DATABASE_URL')
    expect(difference).toContain('has a DATABASE_URL from its own shell')
  })

  test('the simulator of a running start is examined', () => {
    const note = { database: 'embedded', evolutionUrl: null }
    const { env, difference } = readStart({ ZAPFLEET_DATA_DIR: running(note) }, '/nowhere')
    expect(env).toMatchObject({ EVOLUTION_API_URL: KEPT['simulator-url'], EVOLUTION_API_KEY: 'sim_kept' })
    expect(difference).toBeNull()
  })
})
