#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { EXIT } from './exit-codes.ts'
import { runCli } from './run-cli.ts'

const interrupted = new AbortController()
const outputs = [process.stdout, process.stderr]

function interrupt(exit: number): void {
  // A second interruption ends the program at once.
  if (interrupted.signal.aborted) end(exit)
  interrupted.abort(exit)
}

function end(exit: number): never {
  for (const stream of outputs) stream.emit('put-aside')
  process.exit(exit)
}

process.on('SIGINT', () => interrupt(EXIT.interrupted))
process.on('SIGTERM', () => interrupt(EXIT.terminated))
process.on('SIGHUP', () => interrupt(EXIT.terminated))
// Ctrl-Z restores the terminal; fg takes it again.
process.on('SIGTSTP', () => {
  for (const stream of outputs) stream.emit('put-aside')
  process.kill(process.pid, 'SIGSTOP')
})
process.on('SIGCONT', () => {
  for (const stream of outputs) stream.emit('taken-up')
})
for (const stream of outputs)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader closed the pipe, as `head` does.
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.unexpected)
  })
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    process.stderr.write(`zapfleet: ${error instanceof Error ? error.message : String(error)}\n`)
    end(EXIT.unexpected)
  })

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const exit = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  // The working directory of the shell; npm and the wrapper scripts may change it.
  cwd: process.cwd(),
  home: homedir(),
  clone: fileURLToPath(new URL('../../../', import.meta.url)),
  version,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interrupted.signal,
  openInBrowser: async (url) => {
    // Without a desktop (a server, a script) the address on stdout is enough.
    const hasDesktop =
      process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
    if (!process.stdout.isTTY || !hasDesktop) return
    const { default: open } = await import('open')
    const browser = await open(url)
    browser.once('error', () => {})
    browser.unref()
  },
  now: () => Date.now(),
})

// Flushes both pipes before the exit; open streams and the keyboard must not keep the process alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
