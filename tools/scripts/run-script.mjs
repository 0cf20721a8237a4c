// Runs the scripts of this folder and the programs that they start. Plain Node without dependencies: it runs before an install.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './stamps.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const onWindows = process.platform === 'win32'
const running = new Set()

/** A failed stage. `message` is written for people and is printed without a stack. */
export class StageError extends Error {}

/** Ends the process with code 1 if this Node is older than `engines` in package.json. */
function requireNode() {
  const wanted = manifest.engines.node.replace(/[^0-9.]/g, '')
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  console.error(
    `zapfleet needs Node ${wanted} or newer; this is Node ${process.versions.node}. Get one from https://nodejs.org and try again.`,
  )
  process.exit(1)
}

/**
 * Runs `main` in the folder of the clone. An error ends the process with code 1. SIGINT, SIGTERM and SIGHUP end the programs that
 * `tool` and `stage` run; `release` leaves the signals to the program that `main` becomes.
 */
export async function runScript(main) {
  requireNode()
  process.chdir(root)
  const end = (signal) => {
    // Each program has its own process group, so its children end too.
    for (const child of running) killGroup(child, signal)
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  const onInterrupt = () => end('SIGINT')
  const onTerminate = () => end('SIGTERM')
  process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate).once('SIGHUP', onTerminate)
  const release = () => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate)
  }
  try {
    await main({ release })
  } catch (error) {
    console.error(error instanceof StageError ? `\n${error.message}` : error)
    process.exit(1)
  }
}

/** Runs a program of node_modules/.bin and returns `{ code, output }`. With `show`, the output goes to the terminal. */
export function tool(name, args = [], { show = false, env = {} } = {}) {
  return execute(join(root, 'node_modules', '.bin', onWindows ? `${name}.cmd` : name), args, { show, env })
}

/** A pnpm command through npx, in the version of package.json: the machine needs only Node and npm. */
export function pnpmCommand(...args) {
  return ['npx', '--yes', '--prefer-offline', manifest.packageManager.split('+')[0], ...args]
}

/**
 * Runs a command and prints "name … 1.2 s".
 *
 * @throws StageError with the output of the command, and the advice that `explain` reads from it, when the command fails
 */
export async function stage(name, [file, ...args], explain = () => '') {
  const startedAt = performance.now()
  process.stdout.write(`  ${name} … `)
  const { code, output } = await execute(file, args, { show: false, env: {} })
  console.log(code === 0 ? seconds(startedAt) : 'failed')
  if (code === 0) return
  const advice = explain(output)
  throw new StageError(
    `${output.trim()}\n\nThis failed (code ${code}): ${[file, ...args].join(' ')}${advice && `\n${advice}`}`,
  )
}

/** The time since `startedAt` (performance.now), as "1.2 s". */
export function seconds(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
}

function execute(file, args, { show, env }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: {
        ...process.env,
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
        npm_config_update_notifier: 'false',
        npm_config_fund: 'false',
        ...env,
      },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      shell: onWindows,
      detached: !onWindows,
    })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => {
      running.delete(child)
      resolve({
        code: 127,
        output: error.code === 'ENOENT' ? `${file} was not found on this machine.` : String(error),
      })
    })
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output })
    })
  })
}

function killGroup(child, signal) {
  try {
    process.kill(onWindows ? child.pid : -child.pid, signal)
  } catch {
    // The group has ended.
  }
}
