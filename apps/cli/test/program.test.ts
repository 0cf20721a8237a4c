import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { newFolder, programOf } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, run, start } from './run.ts'

let fleet: TestFleet
let bundle: string

beforeAll(async () => {
  bundle = await programOf('cli')
  fleet = await startTestFleet()
  await fleet.addNumbers('um', 'dois', 'tres')
})
afterAll(() => fleet?.close())

type Program = { child: ChildProcess; out(): string; err(): string; exit: Promise<number | null> }

/** The real program in a process of its own, in an empty home. */
function program(args: readonly string[], env: Record<string, string> = at(fleet), shell?: string): Program {
  const node = [process.execPath, bundle, ...args]
  const quoted = node.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const [file, ...rest] = shell === undefined ? node : ['bash', '-c', shell.replace('ZAPFLEET', () => quoted)]
  const child = spawn(file as string, rest, {
    env: { PATH: process.env.PATH, HOME: newFolder(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, out: () => out, err: () => err, exit }
}

async function finished(args: readonly string[], env?: Record<string, string>) {
  const one = program(args, env)
  return { exit: await one.exit, out: one.out(), err: one.err() }
}

describe('the program', () => {
  it('lists by the environment, and exits with 0', async () => {
    const { exit, out, err } = await finished(['instances', 'list', '--json'])
    expect([exit, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual(await fleet.admin.instance.list.query({}))
    expect(out.endsWith('\n')).toBe(true)
  })

  it('is quiet when its reader closes the pipe', async () => {
    const one = program(
      ['instances', 'history', 'um', '--json'],
      at(fleet),
      'set -o pipefail; ZAPFLEET | true',
    )
    expect([await one.exit, one.err()]).toEqual([0, ''])
  })

  it('exits at Ctrl-C with 130 and a sentence, and at SIGTERM with 143', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const name = signal.toLowerCase()
      const one = program(['instances', 'create', name])
      await vi.waitFor(() => expect(one.err()).toContain('Code 1'), { timeout: 60_000, interval: 50 })
      one.child.kill(signal)
      expect(await one.exit).toBe(code)
      expect(one.err()).toContain(`${name} exists, and is not connected yet.`)
    }
  })
})

describe('every failure is one line with an exit code of its own, and no stack', () => {
  let stranger: HttpServer
  let mute: Server
  let strangerUrl = ''
  let muteUrl = ''
  let nobodyUrl = ''
  beforeAll(async () => {
    stranger = createHttpServer((_request, response) => response.end('<html>It works!</html>'))
    mute = createServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'))
    for (const server of [stranger, mute]) await once(server.listen(0, '127.0.0.1'), 'listening')
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    nobodyUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`
    gone.close()
    muteUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
  })
  afterAll(() => {
    stranger?.close()
    mute?.close()
  })

  const key = { ZAPFLEET_API_KEY: ADMIN_KEY }
  it.each([
    ['no key', () => ({ ZAPFLEET_URL: fleet.url }), 6, 'There is no API key for', 'UNAUTHORIZED'],
    ['a wrong key', () => at(fleet, 'zf_admin_wrong-wrong-wrong-wrong'), 6, 'not known here', 'UNAUTHORIZED'],
    ['nobody there', () => ({ ...key, ZAPFLEET_URL: nobodyUrl }), 7, 'nothing listens there', 'UNREACHABLE'],
    [
      'another program',
      () => ({ ...key, ZAPFLEET_URL: strangerUrl }),
      7,
      'is not zapfleet',
      'MALFORMED_ANSWER',
    ],
    ['no web server', () => ({ ...key, ZAPFLEET_URL: muteUrl }), 7, 'No zapfleet answers', 'UNREACHABLE'],
    ['no such host', () => ({ ...key, ZAPFLEET_URL: 'http://zapfleet.invalid' }), 7, 'name', 'UNREACHABLE'],
    ['no address', () => ({ ...key, ZAPFLEET_URL: 'fleet' }), 2, 'must be an address such as', 'USAGE'],
  ])('%s', async (_what, env, code, words, word) => {
    const { exit, out, err } = await run(['instances', 'list'], { env: env() })
    expect([exit, out]).toEqual([code, ''])
    expect(err).toMatch(/^zapfleet: /)
    expect(err).toContain(words)
    expect(err).not.toMatch(/\n\s+at |Error:/)
    expect(err).not.toContain(ADMIN_KEY)
    const asJson = await run(['instances', 'list', '--json'], { env: env() })
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: word }, exit: code })
  })

  it('with --wait, repeats calls for that time, and reports each repeat on stderr alone', async () => {
    const env = { ...key, ZAPFLEET_URL: nobodyUrl }
    const { exit, out, err } = await run(['--wait', '1', 'stats'], { env })
    expect([exit, out]).toEqual([7, ''])
    const repeats = err
      .split('\n')
      .filter((line) => /could not be reached.*Next try in \d\.\d s, for 1 s more\.$/.test(line))
    expect(repeats.length).toBeGreaterThan(1)
    expect((await run(['stats'], { env })).err).not.toContain('Next try')

    let refusals = 0
    const waking = createHttpServer((request, response) => {
      if (++refusals <= 2) {
        response.writeHead(503).end('starting')
        return
      }
      void fetch(`${fleet.url}${request.url}`, { headers: { 'x-api-key': ADMIN_KEY } }).then(async (answer) =>
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()),
      )
    })
    await once(waking.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(waking.address() as AddressInfo).port}`
    const { total } = await fleet.admin.health.summary.query({})
    const woken = await run(['--wait', '20', 'health', '--json'], { env: { ...key, ZAPFLEET_URL: url } })
    waking.close()
    expect([woken.exit, JSON.parse(woken.out).total]).toEqual([0, total])
    expect(woken.err.split('\n').map((line) => JSON.parse(line))).toEqual(
      [1, 2].map((attempts) => ({
        retry: {
          procedure: 'health.summary',
          attempts,
          code: 'UNREACHABLE',
          waitMs: expect.any(Number),
          remainingMs: expect.any(Number),
        },
      })),
    )
  })

  it('the same in the real program, without an API', async () => {
    const { exit, out, err } = await finished(['watch'], { ...key, ZAPFLEET_URL: nobodyUrl })
    expect([exit, out]).toEqual([7, ''])
    expect(err).toContain('nothing listens there')
  })

  it.each([
    [['instances', 'lsit'], 'Did you mean list?'],
    [['instnces', 'list'], 'Did you mean instance'],
    [['instances', 'list', '--jsn'], 'Did you mean --json?'],
    [['instances', 'get'], "missing required argument 'name'"],
    [['instances', 'get', 'um', 'dois'], 'too many arguments'],
    [['reserve', 'ana', '--strategy', 'best'], 'sticky, round_robin, least_loaded'],
    [['keys', 'create', 'x'], "required option '--role <role>'"],
    [['--profile', 'prod', 'health'], 'zapfleet login --profile prod'],
    [['--key-file', '/nowhere', 'health'], '/nowhere cannot be read (ENOENT)'],
  ])('a wrong command line: %j', async (args, words) => {
    const { exit, out, err } = await run(args, { env: at(fleet) })
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(words)
    const asJson = await run([...args, '--json'], { env: at(fleet) })
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: 'USAGE' }, exit: 2 })
  })
})

describe('help', () => {
  const help = async (...args: string[]) => (await run([...args, '--help'], { terminal: [200, 200] })).out

  it('of every command describes it, with examples, in 80 columns', async () => {
    const seen: string[] = []
    const visit = async (path: string[]): Promise<void> => {
      const text = await help(...path)
      seen.push(path.join(' '))
      expect(text, path.join(' ')).toContain(`$ zapfleet ${path.join(' ')}`.trimEnd())
      for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
      const commands = /Commands:\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
      for (const [, name = ''] of commands.matchAll(/^ {2}([a-z-]+)/gm))
        if (name !== 'help') await visit([...path, name])
    }
    await visit([])
    expect(seen).toEqual(
      expect.arrayContaining([
        'instances create',
        'instances import',
        'contacts clear',
        'keys rotate',
        'why',
        'watch',
      ]),
    )
    expect(seen.length).toBeGreaterThan(30)
  })

  it('shows every exit code, and is shown without a command, which is an error', async () => {
    const text = await help()
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130])
      expect(text).toMatch(new RegExp(`(^|\\s)${code}  \\w`))
    const bare = await run([])
    expect([bare.exit, bare.out]).toEqual([2, ''])
    expect(bare.err).toContain('Usage: zapfleet')
    const asJson = await run(['--json'])
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: 'USAGE' }, exit: 2 })
    const version = await run(['--version'])
    expect([version.exit, version.out]).toEqual([0, '1.2.3'])
  })
})

it.each([',', ', ,', ''])('--status %j names no status, which is a usage error', async (text) => {
  const { exit, out, err } = await finished(['instances', 'list', '--status', text])
  expect([exit, out]).toEqual([2, ''])
  expect(err).toContain('Expected at least one status.')
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s gets a script that calls the hidden command', async (shell) => {
    const { exit, out, err } = await finished(['completion', shell])
    expect([exit, err]).toEqual([0, ''])
    expect(out).toContain('zapfleet complete')
  })

  it('names commands, options and choices', async () => {
    const offered = async (...words: string[]) => (await finished(['complete', '--', ...words])).out
    expect(await offered('')).toMatch(/^instances\t/m)
    expect(await offered('instances', '')).toMatch(/^pause\t/m)
    expect(await offered('instances', 'list', '--s')).toMatch(/^--sort\t/m)
    expect(await offered('instances', 'list', '--sort', '')).toMatch(/^attention/m)
  })

  it.skipIf(!existsSync('/usr/bin/bash') && !existsSync('/bin/bash'))(
    'the script of bash runs in bash',
    async () => {
      const one = program(
        ['completion', 'bash'],
        at(fleet),
        'set -e; eval "$(ZAPFLEET)"; complete -p zapfleet',
      )
      expect([await one.exit, one.err()]).toEqual([0, ''])
      expect(one.out()).toContain('zapfleet')
    },
  )
})

describe('colours', () => {
  const coloured = async (env: Record<string, string>, terminal: boolean, ...flags: string[]) => {
    const running = start(['instances', 'list', ...flags], {
      env: { ...at(fleet), ...env },
      ...(terminal ? { terminal: [80, 24] as [number, number] } : {}),
    })
    await running.exit
    return running.stdout.raw.includes('\u001b[3')
  }

  it('are for terminals only; NO_COLOR, FORCE_COLOR, --no-color and a dumb terminal change that', async () => {
    expect(await coloured({}, true)).toBe(true)
    expect(await coloured({}, false)).toBe(false)
    expect(await coloured({ NO_COLOR: '1' }, true)).toBe(false)
    expect(await coloured({ NO_COLOR: '' }, true)).toBe(true)
    expect(await coloured({ FORCE_COLOR: '1' }, false)).toBe(true)
    expect(await coloured({ FORCE_COLOR: '0' }, true)).toBe(false)
    expect(await coloured({ TERM: 'dumb' }, true)).toBe(false)
    expect(await coloured({ FORCE_COLOR: '1' }, true, '--no-color')).toBe(false)
  })
})
