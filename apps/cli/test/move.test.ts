import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { newFolder } from '@zapfleet/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, type How, type Running, start } from './run.ts'
import { cellsOf, scan } from './scan.ts'
import type { Terminal } from './terminal.ts'

const PATIENTLY = { timeout: 60_000, interval: 50 }
const PHONE = '5511987650001'
const NO_TERMINAL = { terminal: undefined as never }

let fleet: TestFleet
let second: Simulator
const { zapfleet } = commandsOf(() => fleet)
const under: Running[] = []

beforeAll(async () => {
  fleet = await startTestFleet()
  second = await startSimulator({ timeScale: 0, qrLimit: 2 })
  await fleet.admin.server.add.mutate({ name: 'evolution-2', url: second.url, apiKey: second.apiKey })
  const names = ['loja-01', 'loja-02', 'loja-03', 'loja-04', 'loja-05', 'loja-06']
  for (const [index, name] of names.entries())
    fleet.simulator.control.addInstance({ name, number: String(Number(PHONE) + index) })
  await fleet.admin.instance.import.mutate({})
  await fleet.admin.health.checkAll.mutate({})
})
afterEach(async () => {
  for (const running of under.splice(0)) {
    running.interrupt()
    await running.exit
  }
})
afterAll(async () => {
  await second?.close()
  await fleet?.close()
})

function begin(line: string, how: How = {}): Running & { stdout: Terminal } {
  const running = start(line.split(' '), { env: at(fleet), terminal: [80, 40], ...how })
  under.push(running)
  return running as Running & { stdout: Terminal }
}

const until = (check: () => void) => vi.waitFor(check, PATIENTLY)
const numberOf = (name: string) => fleet.admin.instance.get.query({ name })

describe('instances move', () => {
  it('shows the code of the other server, and ends when the number is served from there', async () => {
    const running = begin('instances move loja-01 --server evolution-2')
    const { stdout } = running
    await until(() => expect(scan(stdout.cells(), 'dark')).toMatch(/^2@/))
    expect(await numberOf('loja-01')).toMatchObject({
      server: 'default',
      movingTo: 'evolution-2',
      status: 'connected',
    })
    const { out } = await zapfleet('instances list', { terminal: [100, 24] })
    expect(out).toMatch(/^loja-01 +connected +default → evolution-2 /m)
    expect(out).toMatch(/^loja-02 +connected +default {2,}/m)

    second.control.scan('loja-01', { phone: PHONE })
    expect(await running.exit).toBe(0)
    expect([stdout.taken, stdout.cursorShown]).toEqual([false, true])
    expect(stdout.text()).toMatch(
      /^loja-01 is on evolution-2 too\. default serves it until its phone has scanned\.\nevolution-2 serves loja-01 \(after \d+ s\)\.\ndefault deletes it two minutes from now, or when it answers again\.\nloja-01\n/,
    )
    expect(stdout.text()).toMatch(/Server +evolution-2/)
    expect(await numberOf('loja-01')).toMatchObject({
      server: 'evolution-2',
      movingTo: null,
      status: 'connected',
    })
  })

  it('prints one JSON event a line: moving, the pairings, connected', async () => {
    const running = begin('instances move loja-02 --server evolution-2 --json', NO_TERMINAL)
    const events = () => running.stdout.lines().map((line) => JSON.parse(line))
    await until(() => expect(events().some((one) => one.pairing?.state === 'qr')).toBe(true))
    second.control.scan('loja-02', { phone: String(Number(PHONE) + 1) })
    expect(await running.exit).toBe(0)
    const [moving, ...others] = events()
    expect(moving).toMatchObject({
      event: 'moving',
      instance: { name: 'loja-02', server: 'default', movingTo: 'evolution-2' },
    })
    expect(others.at(-1)).toMatchObject({
      event: 'connected',
      instance: { name: 'loja-02', server: 'evolution-2', movingTo: null },
    })
    expect(running.stderr.text()).toBe('')
  })

  it('Ctrl-C leaves the move under way; a repeated call continues it, and --cancel gives it up', async () => {
    const folder = newFolder()
    const running = begin('instances move loja-03 --server evolution-2 --png code.png', {
      ...NO_TERMINAL,
      cwd: folder,
    })
    await until(() => expect(existsSync(join(folder, 'code.png'))).toBe(true))
    running.interrupt()
    expect(await running.exit).toBe(130)
    expect(running.stderr.text()).toContain(
      'loja-03 moves to evolution-2 as soon as its phone scans there; default serves it until then.',
    )
    expect(running.stderr.text()).toContain('zapfleet instances move loja-03 --server evolution-2')
    expect(existsSync(join(folder, 'code.png'))).toBe(false)

    const again = begin('instances move loja-03 --server evolution-2', NO_TERMINAL)
    await until(() => expect(scan(cellsOf(again.stderr.lines()), 'dark')).toMatch(/^2@/))
    const cancelled = await zapfleet('instances move loja-03 --cancel')
    expect([cancelled.exit, cancelled.out]).toEqual([
      0,
      'The move of loja-03 is cancelled. default serves it.',
    ])
    expect(await again.exit).toBe(4)
    expect(again.stderr.text()).toContain('The move of loja-03 is cancelled. default serves it.')
    expect(await numberOf('loja-03')).toMatchObject({ server: 'default', movingTo: null, available: true })
    const twice = await zapfleet('instances move loja-03 --cancel')
    expect([twice.exit, twice.err]).toEqual([4, 'zapfleet: loja-03 does not move to another server.'])
  })

  it('its own server cancels it, too', async () => {
    await fleet.admin.instance.move.mutate({ name: 'loja-04', server: 'evolution-2' })
    const cancelled = await zapfleet('instances move loja-04 --server default --json')
    expect(cancelled.exit).toBe(0)
    expect(JSON.parse(cancelled.out)).toMatchObject({ name: 'loja-04', server: 'default', movingTo: null })
    const there = await zapfleet('instances move loja-04 --server default')
    expect([there.exit, there.err]).toEqual([
      4,
      expect.stringContaining('"loja-04" is on the server "default" already.'),
    ])
  })

  it('ends with 11 where no code was scanned in time, and the number is served as before', async () => {
    const running = begin('instances move loja-05 --server evolution-2 --timeout 1', NO_TERMINAL)
    expect(await running.exit).toBe(11)
    expect(running.stderr.text()).toContain(
      'No code was scanned within --timeout; default serves loja-05 as before.',
    )
    expect(running.stderr.text()).toContain('zapfleet instances move loja-05 --cancel')
    const limit = begin('instances move loja-05 --server evolution-2', NO_TERMINAL)
    await until(() => expect(limit.stderr.text()).toContain('Code 1'))
    second.control.expireQr('loja-05')
    await until(() => expect(limit.stderr.text()).toContain('Code 2'))
    second.control.expireQr('loja-05')
    expect(await limit.exit).toBe(11)
    expect(limit.stderr.text()).toContain('Evolution stopped making codes; default serves loja-05 as before.')
    expect(await numberOf('loja-05')).toMatchObject({ server: 'default', status: 'connected' })
  })

  it('ends with 4 where another phone scanned, which is logged out there again', async () => {
    const running = begin('instances move loja-06 --server evolution-2', NO_TERMINAL)
    await until(() => expect(running.stderr.text()).toContain('Code 1'))
    second.control.scan('loja-06', { phone: '5521911112222' })
    expect(await running.exit).toBe(4)
    expect(running.stderr.text()).toMatch(
      /Another phone than that of "loja-06" was paired on the server "evolution-2"/,
    )
    expect(running.stderr.text()).toContain('zapfleet instances move loja-06 --server evolution-2')
    expect(await numberOf('loja-06')).toMatchObject({ server: 'default', status: 'connected' })
  })

  it.each([
    ['instances move loja-06', 2, 'Expected one of --server <name> and --cancel.'],
    [
      'instances move loja-06 --server evolution-2 --cancel',
      2,
      'Expected one of --server <name> and --cancel.',
    ],
    ['instances move loja-06 --server evolution-9', 3, 'There is no server named "evolution-9"'],
    ['instances move loja-6 --server evolution-2', 3, 'Did you mean loja-06?'],
  ])('%s is refused', async (line, exit, words) => {
    const refused = await zapfleet(line)
    expect([refused.exit, refused.err]).toEqual([exit, expect.stringContaining(words)])
  })
})
