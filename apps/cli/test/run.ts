import { PassThrough } from 'node:stream'
import { runCli } from '../src/run-cli.ts'
import type { Input, Output, World } from '../src/world.ts'
import { ADMIN_KEY, type TestFleet } from './fleet.ts'
import { Pipe, Terminal } from './terminal.ts'

/** A home without files, in which none is written. */
const NOWHERE = '/nobody/home'

/** A running command, before a person or a program. */
export type Running = {
  stdout: Terminal | Pipe
  stderr: Terminal | Pipe
  /** Types keys. */
  type(keys: string): void
  /** Ctrl-C from outside, as the terminal or the system sends it. */
  interrupt(): void
  /** The exit code; waits for the end. */
  exit: Promise<number>
}

/** Options of a run: the environment, and a terminal of this size (columns, rows) for stdout and stderr. */
export type How = {
  env?: Record<string, string>
  terminal?: [number, number]
  /** Only stderr is a terminal, as in `zapfleet … > file`. */
  piped?: boolean
  cwd?: string
  home?: string
  clone?: string
}

/** Addresses that commands opened in a browser. */
export const opened: string[] = []

/** Starts a command in this process, with its own streams; on a terminal stdout and stderr are one stream. */
export function start(args: readonly string[], how: How = {}): Running {
  const screen = how.terminal === undefined ? null : new Terminal(...how.terminal)
  const stdout = screen === null || how.piped ? new Pipe() : screen
  const stderr = screen ?? new Pipe()
  const stdin = Object.assign(new PassThrough(), {
    isTTY: screen !== null,
    setRawMode: () => undefined,
  })
  const interrupted = new AbortController()
  const nowhere = how.home ?? NOWHERE
  const world: World = {
    args,
    env: how.env ?? {},
    cwd: how.cwd ?? nowhere,
    home: nowhere,
    clone: how.clone ?? nowhere,
    version: '1.2.3',
    stdin: stdin as unknown as Input,
    stdout: stdout as unknown as Output,
    stderr: stderr as unknown as Output,
    interrupted: interrupted.signal,
    openInBrowser: async (url) => void opened.push(url),
    now: () => Date.now(),
  }
  return {
    stdout,
    stderr,
    type: (keys) => void stdin.write(keys),
    interrupt: () => interrupted.abort(130),
    exit: runCli(world),
  }
}

/** The exit code and the output of a command. */
export type Ran = { exit: number; out: string; err: string }

/** Runs a command to its end. */
export async function run(args: readonly string[], how: How = {}): Promise<Ran> {
  const running = start(args, how)
  const exit = await running.exit
  return { exit, out: running.stdout.text(), err: running.stderr.text() }
}

/** The environment that names a fleet. */
export function at(fleet: Pick<TestFleet, 'url'>, key: string = ADMIN_KEY): Record<string, string> {
  return { ZAPFLEET_URL: fleet.url, ZAPFLEET_API_KEY: key }
}

/** Runs a command line, split at spaces, as an admin of a fleet; parses the output with `--json`. */
export function commandsOf(fleet: () => TestFleet) {
  return {
    zapfleet: (line: string, how: How = {}): Promise<Ran> =>
      run(line.split(' '), { env: at(fleet()), ...how }),
    // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that each test expects of them
    async json(line: string): Promise<any> {
      const { out } = await run([...line.split(' '), '--json'], { env: at(fleet()) })
      return JSON.parse(out)
    },
  }
}
