import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { type How, type Ran, run, start } from './run.ts'

let fleet: TestFleet
let home: string
beforeAll(async () => {
  fleet = await startTestFleet()
})
beforeEach(() => {
  home = newFolder('zapfleet-login-')
})
afterAll(() => fleet?.close())

const file = () => join(home, '.config', 'zapfleet', 'profiles.json')
const zapfleet = (line: string, how: How = {}): Promise<Ran> => run(line.split(' '), { home, ...how })

/** Logs in at a terminal, typing each answer after its question. */
async function logIn(
  args: readonly string[],
  answers: readonly [question: string, answer: string][],
): Promise<Ran> {
  const running = start(['login', ...args], { home, terminal: [80, 24] })
  for (const [question, answer] of answers) {
    await expect.poll(() => running.stderr.text(), { timeout: 60_000 }).toContain(question)
    running.type(answer)
  }
  const exit = await running.exit
  return { exit, out: running.stdout.text(), err: running.stderr.text() }
}

it('prompts for what is missing, shows no key, and stores both for this user alone', async () => {
  const { exit, err } = await logIn(
    [],
    [
      ['Address of zapfleet', `${fleet.url}/trpc\r`],
      ['API key for', `${ADMIN_KEY}\r`],
    ],
  )
  expect(exit).toBe(0)
  expect(err).toContain(`Logged in to ${fleet.url} as admin (ADMIN_API_KEY).`)
  expect(err).not.toContain(ADMIN_KEY)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(statSync(join(home, '.config', 'zapfleet')).mode & 0o077).toBe(0)
  const who = await zapfleet('whoami --json')
  expect(JSON.parse(who.out)).toEqual({
    url: fleet.url,
    urlFrom: 'profile default',
    keyFrom: 'profile default',
    role: 'admin',
    label: 'ADMIN_API_KEY',
  })
})

it('stores several profiles, of which one is the default', async () => {
  await logIn(['--url', fleet.url], [['API key', `${ADMIN_KEY}\r`]])
  writeFileSync(join(home, 'bot-key'), `${BOT_KEY}\n`)
  const second = await zapfleet(`login --profile bot --url ${fleet.url} --key-file ${join(home, 'bot-key')}`)
  expect([second.exit, second.err]).toEqual([0, expect.stringContaining('zapfleet profiles use bot')])
  expect((await zapfleet('whoami')).out).toContain('admin')
  expect((await zapfleet('whoami --profile bot')).out).toContain('bot, BOT_API_KEY')
  expect((await zapfleet('profiles use bot')).exit).toBe(0)
  expect((await zapfleet('whoami')).out).toContain('bot, BOT_API_KEY')
  const listed = await zapfleet('profiles list --json')
  expect(JSON.parse(listed.out)).toEqual([
    { name: 'default', url: fleet.url, isDefault: false },
    { name: 'bot', url: fleet.url, isDefault: true },
  ])
  expect((await zapfleet('profiles list')).out).not.toContain('zf_')
  expect((await zapfleet('profiles remove bot')).exit).toBe(0)
  expect((await zapfleet('profiles remove bot')).exit).toBe(2)
  expect((await zapfleet('whoami')).exit).toBe(6)
})

it('stores nothing when the key is wrong, without an answer, or when the person interrupts', async () => {
  const wrong = await logIn(['--url', fleet.url], [['API key', 'zf_admin_wrong-wrong-wrong\r']])
  expect([wrong.exit, wrong.err]).toEqual([6, expect.stringContaining('not known here')])
  const stopped = await logIn(['--url', fleet.url], [['API key', 'zf_adm\u0003']])
  expect([stopped.exit, stopped.err]).toEqual([130, expect.stringContaining('Nothing was done.')])
  expect(() => readFileSync(file())).toThrow('ENOENT')
})

it('without a terminal prints where the key may come from', async () => {
  const { exit, err } = await zapfleet(`login --url ${fleet.url}`)
  expect([exit, err]).toEqual([2, expect.stringContaining('--key-file -')])
  const byEnvironment = await zapfleet(`login --url ${fleet.url} --json`, {
    env: { ZAPFLEET_API_KEY: ADMIN_KEY },
  })
  expect(JSON.parse(byEnvironment.out)).toMatchObject({ profile: 'default', role: 'admin' })
})
