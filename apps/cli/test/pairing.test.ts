import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, type How, type Running, start } from './run.ts'
import { cellsOf, scan } from './scan.ts'
import type { Terminal } from './terminal.ts'

const PATIENTLY = { timeout: 60_000, interval: 50 }

let fleet: TestFleet
const { zapfleet } = commandsOf(() => fleet)
const under: Running[] = []

beforeAll(async () => {
  fleet = await startTestFleet()
})
afterEach(async () => {
  for (const running of under.splice(0)) {
    running.interrupt()
    await running.exit
  }
})
afterAll(() => fleet?.close())

function begin(line: string, how: How = {}): Running & { stdout: Terminal } {
  const running = start(line.split(' '), { env: at(fleet), terminal: [80, 40], ...how })
  under.push(running)
  return running as Running & { stdout: Terminal }
}

const until = (check: () => void) => vi.waitFor(check, PATIENTLY)
/** The present code of Evolution. */
const shownCode = async (name: string) => {
  const pairing = await fleet.admin.instance.qrCode.mutate({ name })
  return pairing.state === 'qr' ? pairing.code : null
}

describe('on a terminal', () => {
  it('create draws the code of Evolution, on dark and on light terminals, and ends when the phone has scanned', async () => {
    const running = begin('instances create loja-01 --phone +5511987650001 --hourly 5')
    const { stdout } = running
    await until(() => expect(scan(stdout.cells(), 'dark')).toMatch(/^2@/))
    expect(scan(stdout.cells(), 'dark')).toBe(await shownCode('loja-01'))
    expect(scan(stdout.cells(), 'light')).toBe(await shownCode('loja-01'))
    expect(stdout.text()).toContain('WhatsApp > Settings > Linked devices')
    expect(stdout.text()).toMatch(/Code 1, good for \d+ s more/)
    expect(stdout.text()).toMatch(/type [A-Z0-9]{4}-[A-Z0-9]{4}/)
    expect([stdout.taken, stdout.cursorShown]).toEqual([true, false])
    for (const line of stdout.lines()) expect(line.length).toBeLessThanOrEqual(80)

    fleet.simulator.control.scan('loja-01', { phone: '5511987650001' })
    expect(await running.exit).toBe(0)
    expect([stdout.taken, stdout.cursorShown, stdout.wraps]).toEqual([false, true, true])
    expect(stdout.text()).toMatch(
      /^Phone: \+5511987650001\nloja-01 is made\.\nloja-01 is connected \(after \d+ s\)\.\nloja-01\n/,
    )
    expect(stdout.text()).toMatch(/This hour +0 of 5/)
    expect((await fleet.admin.instance.get.query({ name: 'loja-01' })).status).toBe('connected')
  })

  it('without colours a code is drawn for dark terminals, and for light ones with --qr-dark', async () => {
    const none = { ...at(fleet), NO_COLOR: '1' }
    const dark = begin('instances create loja-02', { env: none })
    await until(() => expect(scan(dark.stdout.cells(), 'dark')).toMatch(/^2@/))
    expect(dark.stdout.raw).not.toMatch(/\[[\d;]*[1-9]\d*m/)
    expect(scan(dark.stdout.cells(), 'light')).toBeNull()
    const light = begin('instances connect loja-02 --qr-dark', { env: none })
    await until(() => expect(scan(light.stdout.cells(), 'light')).toMatch(/^2@/))
  })

  it('a fresh code replaces the old one, and a sentence replaces the last one', async () => {
    const running = begin('instances create loja-03')
    const { stdout } = running
    await until(() => expect(scan(stdout.cells(), 'dark')).toMatch(/^2@/))
    const first = scan(stdout.cells(), 'dark')
    fleet.simulator.control.expireQr('loja-03')
    await until(() => expect(stdout.text()).toContain('Code 2'))
    expect(scan(stdout.cells(), 'dark')).not.toBe(first)
    expect(scan(stdout.cells(), 'dark')).toBe(await shownCode('loja-03'))
    fleet.simulator.control.expireQr('loja-03')
    await until(() => expect(stdout.text()).toContain('Code 3'))
    fleet.simulator.control.expireQr('loja-03')
    expect(await running.exit).toBe(11)
    expect(stdout.taken).toBe(false)
    expect(stdout.text()).toContain('No code was scanned in time')
    expect(stdout.text()).toContain('zapfleet instances connect loja-03')
  })

  it('Ctrl-C restores the terminal, and prints that the number exists and how to continue', async () => {
    const running = begin('instances create loja-04')
    await until(() => expect(scan(running.stdout.cells(), 'dark')).toMatch(/^2@/))
    running.interrupt()
    expect(await running.exit).toBe(130)
    expect([running.stdout.taken, running.stdout.cursorShown]).toEqual([false, true])
    expect(running.stdout.text()).toContain('loja-04 exists, and is not connected yet.')
    expect(running.stdout.text()).toContain('zapfleet instances connect loja-04')
    expect((await zapfleet('instances get loja-04')).exit).toBe(0)
  })

  it('Ctrl-Z restores the terminal, and the code is drawn again after fg', async () => {
    const { stdout } = begin('instances connect loja-04')
    await until(() => expect(scan(stdout.cells(), 'dark')).toMatch(/^2@/))
    stdout.emit('put-aside')
    expect([stdout.taken, stdout.cursorShown, stdout.text()]).toEqual([false, true, ''])
    stdout.emit('taken-up')
    expect([stdout.taken, stdout.cursorShown]).toEqual([true, false])
    expect(scan(stdout.cells(), 'dark')).toBe(await shownCode('loja-04'))
  })

  it('a window that is too small shows the size that is needed, and the code once it has it', async () => {
    const running = begin('instances create loja-05', { terminal: [80, 24] })
    const { stdout } = running
    await until(() =>
      expect(stdout.text()).toMatch(/needs a window of 60x\d+ characters; this one has 80x24/),
    )
    expect(stdout.lines().length).toBeLessThanOrEqual(24)
    // The page shows the same code.
    expect(stdout.lines()).toContain(`${fleet.url}/#/numbers/loja-05`)
    const rows = Number(/60x(\d+)/.exec(stdout.text())?.[1])
    stdout.resize(60, rows)
    expect(scan(stdout.cells(), 'dark')).toMatch(/^2@/)
    stdout.resize(60, rows - 1)
    expect(stdout.text()).toContain('needs a window')
  })

  it('shows that Evolution does not answer, and draws the code when it answers again', async () => {
    await zapfleet('instances create loja-06 --no-wait')
    await fleet.simulator.control.outage('refuse')
    const running = begin('instances connect loja-06')
    await until(() => expect(running.stdout.text()).toContain('Evolution does not answer'))
    await fleet.simulator.control.outage(null)
    await until(() => expect(scan(running.stdout.cells(), 'dark')).toMatch(/^2@/))
    fleet.simulator.control.scan('loja-06')
    expect(await running.exit).toBe(0)
  })

  it('outlives a restart of the API: shows since when it does not answer, and continues with the same number', async () => {
    const running = begin('instances create loja-07')
    await until(() => expect(scan(running.stdout.cells(), 'dark')).toMatch(/^2@/))
    await fleet.killApi()
    await until(() => expect(running.stdout.text()).toMatch(/API does not answer since \d\d:\d\d:\d\d/))
    await fleet.startApi()
    await until(() => expect(running.stdout.text()).toContain('good for'))
    fleet.simulator.control.scan('loja-07')
    expect(await running.exit).toBe(0)
  })
})

describe('without a terminal', () => {
  it('prints each change once, draws the code as text, and prints the number on stdout', async () => {
    const running = begin('instances create fila-01', { terminal: undefined as never })
    await until(() => expect(running.stderr.text()).toContain('Code 1 for fila-01'))
    await until(() => expect(scan(cellsOf(running.stderr.lines()), 'dark')).toMatch(/^2@/))
    expect(running.stderr.text()).not.toContain('\u001b')
    fleet.simulator.control.scan('fila-01')
    expect(await running.exit).toBe(0)
    expect(running.stderr.text().match(/Code \d/g)).toEqual(['Code 1'])
    expect(running.stdout.text()).toMatch(/^fila-01\n {2}Status +connected/)
  })

  it('prints one JSON event a line: created, the pairings as the API answers them, connected', async () => {
    const running = begin('instances create fila-02 --json', { terminal: undefined as never })
    const events = () => running.stdout.lines().map((line) => JSON.parse(line))
    await until(() => expect(events().some((one) => one.pairing?.state === 'qr')).toBe(true))
    fleet.simulator.control.scan('fila-02')
    expect(await running.exit).toBe(0)
    const [created, ...others] = events()
    const connected = others.pop()
    expect([created, connected].map(({ event }) => event)).toEqual(['created', 'connected'])
    expect(created.instance).toMatchObject({ name: 'fila-02', status: 'disconnected' })
    // On a busy machine the first code may expire before the scan: each code is one event. A reading while the connection opens finds neither a
    // code nor a connection.
    const codes = others.filter(({ pairing }) => pairing?.reason !== 'reconnecting')
    const code = { state: 'qr', code: expect.stringMatching(/^2@/) }
    expect(codes.length).toBeGreaterThan(0)
    expect(codes).toEqual(
      codes.map((_, index) => ({
        event: 'pairing',
        pairing: expect.objectContaining({ ...code, count: index + 1 }),
      })),
    )
    expect(connected.instance).toMatchObject({ name: 'fila-02', status: 'connected' })
    expect(running.stderr.text()).toBe('')
  })

  it('ends at --timeout, with an exit code of its own and a last event', async () => {
    const running = begin('instances create fila-03 --json --timeout 1', { terminal: undefined as never })
    expect(await running.exit).toBe(11)
    expect(JSON.parse(running.stdout.lines().at(-1) ?? '')).toEqual({ event: 'ended', reason: 'timed_out' })
    expect(JSON.parse(running.stderr.text())).toMatchObject({ error: { code: 'NOT_CONNECTED' }, exit: 11 })
  })

  it('only makes the number with --no-wait, and prints how to continue', async () => {
    const { exit, out, err } = await zapfleet('instances create fila-04 --no-wait')
    expect([exit, out]).toEqual([0, expect.stringContaining('fila-04\n')])
    expect(err).toBe('Connect it with: zapfleet instances connect fila-04')
    const again = await zapfleet('instances create fila-04 --no-wait')
    expect([again.exit, again.err]).toEqual([4, expect.stringContaining('zapfleet instances connect')])
    expect((await zapfleet('instances connect nobody')).exit).toBe(3)
  })

  it('keeps the code as a picture for its owner alone, and removes it at the end', async () => {
    const folder = newFolder()
    const file = join(folder, 'code.png')
    const running = begin('instances create fila-05 --png code.png', {
      terminal: undefined as never,
      cwd: folder,
    })
    await until(() => expect(existsSync(file)).toBe(true))
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    fleet.simulator.control.scan('fila-05')
    expect(await running.exit).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  it('never replaces or removes an existing file, and makes no number then', async () => {
    const folder = newFolder()
    const file = join(folder, 'code.png')
    writeFileSync(file, 'a holiday')
    for (const command of ['instances create fila-08', 'instances connect fila-01']) {
      const { exit, err } = await zapfleet(`${command} --png code.png`, { cwd: folder })
      expect([exit, err]).toEqual([2, expect.stringContaining('code.png exists already. Name a new file')])
    }
    expect(readFileSync(file, 'utf8')).toBe('a holiday')
    expect((await zapfleet('instances get fila-08')).exit).toBe(3)
  })

  it('leaves a file that another program wrote in the place of the picture', async () => {
    const folder = newFolder()
    const file = join(folder, 'code.png')
    const running = begin('instances create fila-09 --png code.png', {
      terminal: undefined as never,
      cwd: folder,
    })
    await until(() => expect(existsSync(file)).toBe(true))
    rmSync(file)
    writeFileSync(file, 'a holiday')
    fleet.simulator.control.scan('fila-09')
    expect(await running.exit).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('a holiday')
  })

  it('reports a wrong phone, with an exit code of its own', async () => {
    const running = begin('instances create fila-06 --phone +5511987650006', { terminal: undefined as never })
    await until(() => expect(running.stderr.text()).toContain('Code 1'))
    fleet.simulator.control.scan('fila-06', { phone: '5521911112222' })
    expect(await running.exit).toBe(4)
    expect(running.stdout.text()).toContain('Another phone than the registered number is paired')
  })

  it('connect ends at once for a number that is connected', async () => {
    const { exit, err } = await zapfleet('instances connect fila-01')
    expect([exit, err]).toEqual([0, expect.stringContaining('fila-01 is connected')])
  })
})
