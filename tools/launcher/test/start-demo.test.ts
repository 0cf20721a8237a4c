import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { ADMIN_KEY, type ApiFleet, startApiFleet } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDemo, waitingNumbers } from '../src/demo.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'zapfleet-large-demo-'))
mkdirSync(join(dataDir, 'logs'))
/** As `npm start` gives it to its simulators: they keep their instances. */
const stateFile = join(dataDir, 'second.json')
let first: Simulator
let second: Simulator
let fleet: ApiFleet

beforeAll(async () => {
  const autoScan = { afterMs: 600_000, except: waitingNumbers('large') }
  ;[first, second] = await Promise.all([
    startSimulator({ autoScan }),
    startSimulator({ autoScan, stateFile }),
  ])
  fleet = await startApiFleet(first)
})
afterAll(async () => {
  await Promise.all([fleet.close(), second.close()])
  rmSync(dataDir, { recursive: true, force: true })
})

type Listed = { name: string; server: string; status: string; tags: string[]; paused: boolean }

async function read<Data>(procedure: string): Promise<Data> {
  const answer = await fetch(`${fleet.url}/trpc/${procedure}?input=%7B%7D`, {
    headers: { 'x-api-key': ADMIN_KEY },
  })
  return ((await answer.json()) as { result: { data: Data } }).result.data
}

const demo = (at: Simulator | null) =>
  startDemo({ url: fleet.url, adminKey: ADMIN_KEY, first, second: at, dataDir })
const count = (numbers: Listed[], of: (one: Listed) => boolean) => numbers.filter(of).length

it('the large demo has forty numbers in three pools on two servers, in various states', async () => {
  const running = demo(second)
  await running.made
  running.stop()
  expect(readFileSync(join(dataDir, 'logs', 'demo.log'), 'utf8')).toBe('')
  const numbers = await read<Listed[]>('instance.list')
  expect(numbers).toHaveLength(40)
  expect(count(numbers, ({ server }) => server === 'evolution-2')).toBe(18)
  expect(new Set(numbers.flatMap(({ tags }) => tags))).toEqual(new Set(['vendas', 'suporte', 'cobranca']))
  expect(count(numbers, ({ paused }) => paused)).toBe(2)
  await expect
    .poll(
      async () => {
        const now = await read<Listed[]>('instance.list')
        return {
          connected: count(now, ({ status }) => status === 'connected'),
          banned: count(now, ({ status }) => status === 'banned'),
        }
      },
      { timeout: 30_000, interval: 500 },
    )
    .toEqual({ connected: 31, banned: 2 })
})

it('its next start gives the second server its new address, and makes no number again', async () => {
  await second.close()
  second = await startSimulator({ stateFile })
  const running = demo(second)
  await running.made
  running.stop()
  const servers = await read<{ name: string; url: string; problem: string | null }[]>('server.list')
  expect(servers.map(({ name, url, problem }) => [name, url, problem])).toEqual([
    ['default', first.url, null],
    ['evolution-2', second.url, null],
  ])
  expect(second.control.calls({ route: '/instance/create' })).toEqual([])
})
