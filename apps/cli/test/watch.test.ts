import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, type How, type Running, start } from './run.ts'
import type { Terminal } from './terminal.ts'

const PATIENTLY = { timeout: 60_000, interval: 50 }

let fleet: TestFleet
const under: Running[] = []

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('um', 'dois', 'tres')
})
afterEach(async () => {
  for (const running of under.splice(0)) {
    running.interrupt()
    await running.exit
  }
})
afterAll(() => fleet?.close())

function begin(args: readonly string[], how: How = {}): Running & { stdout: Terminal } {
  const running = start(['watch', ...args], { env: at(fleet), terminal: [80, 24], ...how })
  under.push(running)
  return running as Running & { stdout: Terminal }
}

const until = (check: () => void) => vi.waitFor(check, PATIENTLY)
const onTerminal = { terminal: [80, 24] as [number, number] }

describe('watch on a terminal', () => {
  it('shows the numbers and their changes, and q restores the terminal', async () => {
    const running = begin([], onTerminal)
    const { stdout } = running
    await until(() => expect(stdout.lines()[2]).toMatch(/^NAME +STATUS/))
    expect(stdout.text()).toContain('3 numbers, 3 available')
    const row = (name: string) => stdout.lines().find((line) => line.startsWith(`${name} `)) ?? ''
    expect(row('um')).toMatch(/connected +0\/20 +0\/100/)
    await fleet.admin.instance.update.mutate({ name: 'dois', paused: true })
    await until(() => expect(row('dois')).toContain('paused'))
    await fleet.admin.instance.recordSend.mutate({ name: 'um' })
    await until(() => expect(row('um')).toMatch(/1\/20 +1\/100/))
    await fleet.admin.instance.create.mutate({ name: 'quatro' })
    await until(() => expect(row('quatro')).toContain('disconnected'))
    await fleet.admin.instance.delete.mutate({ name: 'quatro' })
    await until(() => expect(row('quatro')).toBe(''))
    running.type('q')
    expect(await running.exit).toBe(0)
    expect([stdout.taken, stdout.cursorShown, stdout.text()]).toEqual([false, true, ''])
    await fleet.admin.instance.update.mutate({ name: 'dois', paused: false })
  })

  it('writes only the lines that changed, so that nothing flickers', async () => {
    const { stdout } = begin([], onTerminal)
    await until(() => expect(stdout.text()).toContain('3 available'))
    const before = stdout.raw.length
    const clock = () => stdout.lines()[0]
    const first = clock()
    await until(() => expect(clock()).not.toBe(first))
    await until(() => expect(stdout.raw.length).toBeGreaterThan(before))
    const written = stdout.raw.slice(before)
    expect(written).not.toContain('\u001b[2J')
    expect(written).not.toContain('NAME')
  })

  it('fits any window, and scrolls when there are more numbers than lines', async () => {
    const running = begin([], onTerminal)
    const { stdout } = running
    await until(() => expect(stdout.text()).toContain('3 available'))
    for (const [columns, rows] of [
      [50, 6],
      [30, 24],
      [120, 40],
      [80, 6],
    ] as const) {
      stdout.resize(columns, rows)
      await until(() => expect(stdout.lines()[2]).toMatch(/^NAME/))
      expect(stdout.lines().length).toBeLessThanOrEqual(rows)
      for (const line of stdout.lines()) expect(line.length).toBeLessThanOrEqual(columns)
    }
    expect(stdout.text()).toContain('1 below: arrow keys')
    expect(stdout.text()).not.toMatch(/^um /m)
    running.type('\u001b[B')
    await until(() => expect(stdout.text()).toContain('1 above'))
    expect(stdout.text()).toMatch(/^um /m)
    running.type('\u0003')
    expect(await running.exit).toBe(0)
  })

  it('shows since when it is old while the API does not answer, and is current again afterwards', async () => {
    const { stdout } = begin([], onTerminal)
    await until(() => expect(stdout.text()).toContain('3 available'))
    await fleet.killApi()
    await until(() => expect(stdout.lines()[0]).toMatch(/^No answer since \d\d:\d\d:\d\d/))
    expect(stdout.text()).toContain('um ')
    await fleet.startApi()
    // No stream is open: the change is in the list that is read on reconnection, or in an event after it.
    await fleet.admin.instance.update.mutate({ name: 'tres', paused: true })
    await until(() => expect(stdout.lines()[0]).toContain('3 numbers, 2 available'))
    expect(stdout.text()).toMatch(/^tres .*paused/m)
    await fleet.admin.instance.update.mutate({ name: 'tres', paused: false })
  })

  it('prints a refusal without taking the terminal', async () => {
    const running = begin([], { ...onTerminal, env: at(fleet, BOT_KEY) })
    expect(await running.exit).toBe(6)
    expect(running.stdout.taken).toBe(false)
    expect(running.stdout.text()).toContain('role')
  })
})

describe('watch without a terminal', () => {
  it('writes a line for each change', async () => {
    const running = begin([], { terminal: undefined as never })
    await until(() => expect(running.stdout.lines()).toHaveLength(3))
    expect(running.stdout.lines()[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}dois is connected$/)
    fleet.simulator.control.logoutFromPhone('dois')
    await fleet.admin.health.check.mutate({ name: 'dois' })
    await until(() =>
      expect(running.stdout.text()).toContain('dois: connected > disconnected (logged out by phone)'),
    )
    running.interrupt()
    expect(await running.exit).toBe(130)
  })

  it('as JSON prints the whole list and then the events of the API, one a line', async () => {
    const running = begin(['--json'], { terminal: undefined as never })
    const events = () => running.stdout.lines().map((line) => JSON.parse(line))
    await until(() => expect(events()).not.toHaveLength(0))
    expect(events()[0]).toEqual({ type: 'instances', instances: await fleet.admin.instance.list.query({}) })
    await until(() => expect(events().length).toBeGreaterThan(1))
    await fleet.admin.instance.update.mutate({ name: 'um', priority: 9 })
    await until(() => expect(events().some((one) => one.type === 'settings')).toBe(true))
    expect(events().find((one) => one.type === 'settings')).toMatchObject({
      instance: { name: 'um', priority: 9 },
    })
  })
})
