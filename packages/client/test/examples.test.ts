import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@zapfleet/simulator'
import { bundleProgram } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const PATIENTLY = { timeout: 60_000, interval: 5 }
const NUMBERS = ['ana', 'bia', 'cris', 'dora', 'eva']
/** Four of five numbers serve exactly 200 contacts. */
const HOURLY_CAPACITY = 50

let fleet: TestFleet
let folder: string
let examples: { bot: string; admin: string; send: string }

beforeAll(async () => {
  const [bot, admin, send] = await Promise.all(['bot.ts', 'admin.ts', 'send.ts'].map(bundleExample))
  examples = { bot, admin, send } as typeof examples
  fleet = await startTestFleet()
  folder = await mkdtemp(join(tmpdir(), 'zapfleet-examples-'))
  await fleet.addNumbers(NUMBERS, { hourlyCapacity: HOURLY_CAPACITY, dailyCapacity: 1_000 })
})
afterAll(async () => {
  await fleet?.close()
  await rm(folder, { recursive: true, force: true })
})

const bundleExample = (name: string): Promise<string> =>
  bundleProgram(new URL(`../../../examples/typescript/${name}`, import.meta.url))

type Program = { child: ChildProcess; lines(): string[]; exitCode: Promise<number | null> }

/** Runs an example in a process of its own. */
function runExample(
  name: keyof typeof examples,
  args: string[],
  key: string,
  more: Record<string, string> = {},
): Program {
  const child = spawn(process.execPath, [examples[name], ...args], {
    env: {
      PATH: process.env.PATH,
      FLEET_URL: fleet.url,
      FLEET_KEY: key,
      EVOLUTION_URL: fleet.simulator.url,
      EVOLUTION_KEY: fleet.simulator.apiKey,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  return {
    child,
    lines: () => output.split('\n').filter((line) => line !== ''),
    exitCode: once(child, 'close').then(([code]) => code as number | null),
  }
}

const runBot = (list: string): Program => runExample('bot', [join(folder, list), 'Olá!'], BOT_KEY)

/** A list of contacts as a file; no two lists share a person. */
async function listOf(name: string, prefix: string, count: number): Promise<string[]> {
  const contacts = Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, '0')}`)
  await writeFile(join(folder, name), contacts.join('\n'))
  return contacts
}

/** The messages of the simulator to these people: how many each, and by which numbers. */
function sentTo(contacts: readonly string[]): {
  times: Set<number>
  served: number
  by: Map<string, number>
} {
  const wanted = new Set(contacts)
  const times = new Map<string, number>()
  const by = new Map<string, number>()
  for (const { instance, number } of fleet.simulator.control.sent()) {
    if (!wanted.has(number)) continue
    times.set(number, (times.get(number) ?? 0) + 1)
    by.set(instance, (by.get(instance) ?? 0) + 1)
  }
  return { times: new Set(times.values()), served: times.size, by }
}

/** Makes each send slow after the first `fast` ones, so that the bot is in the middle of its list when the test acts. */
function slowSendsAfter(fast: number): { remove(): void } {
  const match = { route: 'message/sendText' }
  fleet.simulator.control.fault({ kind: 'delay', ms: 0, match, times: fast })
  return fleet.simulator.control.fault({ kind: 'delay', ms: 300, match })
}

describe('the bot', () => {
  it('serves 200 contacts once each while one number loses its connection, by the others, and none over its limit', async () => {
    const contacts = await listOf('many.txt', '551190000', 200)
    const { control } = fleet.simulator
    const slow = slowSendsAfter(40)
    const bot = runBot('many.txt')
    await vi.waitFor(() => expect(control.sent().length).toBeGreaterThanOrEqual(40), PATIENTLY)
    control.ban('bia')
    slow.remove()
    const sentByBia = control.sent('bia').length
    expect(await bot.exitCode, bot.lines().join('\n')).toBe(0)

    const { times, served, by } = sentTo(contacts)
    expect(served).toBe(200)
    expect([...times]).toEqual([1])
    expect(by.get('bia') ?? 0).toBe(sentByBia)
    for (const instance of await fleet.admin.instance.list.query()) {
      // The counters equal the messages sent: a reservation on the lost number was released.
      expect({ [instance.name]: instance.sentThisHour }).toEqual({
        [instance.name]: by.get(instance.name) ?? 0,
      })
      expect(instance.sentThisHour).toBeLessThanOrEqual(HOURLY_CAPACITY)
    }

    const log = bot.lines()
    expect(log.at(-1)).toBe('200 of 200 served')
    expect(log.filter((line) => / sent by /.test(line))).toHaveLength(200)
    // At least one message met the lost number; the log holds the failover.
    const met = log.find((line) => /not sent bia: Evolution did not send the text/.test(line))
    const who = met?.split(' ')[1] ?? 'no contact met the lost number'
    const story = log
      .filter((line) => line.split(' ')[1] === who)
      .map((line) => line.slice(line.indexOf(who)))
    expect(story).toEqual([
      `${who} sending by bia`,
      expect.stringMatching(/^\S+ not sent bia: Evolution did not send the text \(.+\)\.$/),
      expect.stringMatching(/^\S+ sending by (ana|cris|dora|eva), instead$/),
      expect.stringMatching(/^\S+ sent by (ana|cris|dora|eva)$/),
    ])
  })

  it('killed in the middle and started again, sends no message twice', async () => {
    for (const name of NUMBERS) await fleet.admin.instance.update.mutate({ name, hourlyCapacity: 1_000 })
    await fleet.admin.health.checkAll.mutate({})
    const contacts = await listOf('again.txt', '551191111', 60)
    const { control } = fleet.simulator
    // Answers are slow, so that some are in flight when the bot is killed.
    const slow = control.fault({ kind: 'slow_body', ms: 150, match: { route: 'message/sendText' } })
    const bot = runBot('again.txt')
    await vi.waitFor(() => expect(sentTo(contacts).served).toBeGreaterThanOrEqual(12), PATIENTLY)
    bot.child.kill('SIGKILL')
    await bot.exitCode
    slow.remove()

    const again = runBot('again.txt')
    await again.exitCode
    const inDoubt = again.lines().filter((line) => line.includes('in doubt the bot died')).length
    expect(inDoubt).toBeGreaterThan(0)
    expect(again.lines().at(-1)).toBe(`${60 - inDoubt} of 60 served`)
    const { times, served } = sentTo(contacts)
    expect([...times]).toEqual([1])
    expect(served).toBeGreaterThanOrEqual(60 - inDoubt)
  })

  it('sends every contact one message, none of them in doubt, while Evolution restarts in the middle of the list', async () => {
    const contacts = await listOf('restart.txt', '551193333', 80)
    const { control } = fleet.simulator
    const slow = slowSendsAfter(10)
    const bot = runBot('restart.txt')
    await vi.waitFor(() => expect(sentTo(contacts).served).toBeGreaterThanOrEqual(10), {
      ...PATIENTLY,
      interval: 1,
    })
    control.restartEvolution({ absentMs: 4_000 })
    slow.remove()
    const servedBefore = sentTo(contacts).served
    expect(servedBefore).toBeLessThan(80)
    expect(await bot.exitCode, bot.lines().join('\n')).toBe(0)
    const { times, served } = sentTo(contacts)
    expect(served).toBe(80)
    expect([...times]).toEqual([1])
    expect(bot.lines().filter((line) => line.includes('in doubt'))).toEqual([])
    expect(bot.lines().at(-1)).toBe('80 of 80 served')
  })

  it('reports contacts without WhatsApp, and serves the others', async () => {
    const contacts = await listOf('some.txt', '551192222', 3)
    fleet.simulator.control.setNumberMissing(contacts[1] ?? '', true)
    const bot = runBot('some.txt')
    expect(await bot.exitCode).toBe(1)
    expect(bot.lines().at(-1)).toBe('2 of 3 served')
    expect(bot.lines().filter((line) => line.includes('not on WhatsApp')).length).toBeGreaterThan(0)
  })
})

it('the bot sends by the Evolution server of each number', async () => {
  const second = await startSimulator({ timeScale: 0.01 })
  try {
    const { url, apiKey } = second
    await fleet.admin.server.add.mutate({ name: 'evolution-2', url, apiKey })
    second.control.addInstance({ name: 'longe' })
    await fleet.admin.instance.import.mutate({})
    const [near = '', far = ''] = await listOf('servers.txt', '551195555', 2)
    await fleet.admin.contact.setPreference.mutate({ id: near, instanceName: 'ana' })
    await fleet.admin.contact.setPreference.mutate({ id: far, instanceName: 'longe' })
    const bot = runExample('bot', [join(folder, 'servers.txt'), 'Olá!'], BOT_KEY, {
      EVOLUTION_SERVERS: JSON.stringify({ 'evolution-2': { url, apiKey } }),
    })
    expect(await bot.exitCode, bot.lines().join('\n')).toBe(0)
    expect(second.control.sent().map(({ number, instance }) => [number, instance])).toEqual([[far, 'longe']])
    expect(sentTo([near, far]).served).toBe(1)
  } finally {
    await fleet.admin.instance.delete.mutate({ name: 'longe' })
    await fleet.admin.server.remove.mutate({ name: 'evolution-2' })
    await second.close()
  }
})

it('one call sends: one message arrives, and one is counted', async () => {
  const number = '5511944440001'
  const total = async () =>
    (await fleet.admin.instance.list.query()).reduce((sum, one) => sum + one.sentToday, 0)
  const before = await total()
  const send = runExample('send', [number, 'Olá!'], BOT_KEY)
  expect(await send.exitCode, send.lines().join('\n')).toBe(0)
  expect(send.lines()).toEqual([expect.stringMatching(/^5511944440001 {2}sent {2}\w+ {2}\S{36}$/)])
  expect(sentTo([number])).toMatchObject({ served: 1, times: new Set([1]) })
  expect(await total()).toBe(before + 1)
})

it('a bot without a key reports it in one line', async () => {
  const bot = runExample('bot', ['nobody.txt', 'Olá!'], '')
  expect(await bot.exitCode).toBe(2)
  expect(bot.lines()).toEqual([
    expect.stringMatching(/^createFleetClient: apiKey: expected a key, got nothing/),
  ])
})

describe('the admin', () => {
  it('prints what is to be done, and warms new numbers up on request', async () => {
    await fleet.admin.instance.update.mutate({ name: 'ana', dailyCapacity: 5 })
    const looking = runExample('admin', [], ADMIN_KEY)
    expect(await looking.exitCode).toBe(1)
    const seen = looking.lines().join('\n')
    expect(seen).toMatch(/^ana +connected +\d+\/5 today\n {2}→ would now be 20 a day$/m)
    expect(seen).toMatch(/^bia +banned .*\n {2}→ \S/m)
    expect(seen).toContain('4 of 5 online')
    expect(await fleet.admin.instance.get.query({ name: 'ana' })).toMatchObject({ dailyCapacity: 5 })

    await runExample('admin', ['--apply'], ADMIN_KEY).exitCode
    expect(await fleet.admin.instance.get.query({ name: 'ana' })).toMatchObject({ dailyCapacity: 20 })
  })

  it('reports that it needs the key of an admin', async () => {
    const admin = runExample('admin', [], BOT_KEY)
    expect(await admin.exitCode).toBe(2)
    expect(admin.lines()).toEqual([expect.stringMatching(/^FORBIDDEN: /)])
  })
})
