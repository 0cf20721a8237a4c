// What `npm start`, `npm test` and `pnpm verify` share: from a clone and Node alone to installed packages and a build.
// Plain Node, no dependencies: it runs before there are any.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isInstalled, isUpToDate, missingResults, root, sourcesOf, stamp } from './freshness.mjs'
import { alone } from './one-at-a-time.mjs'

export { root }

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const onWindows = process.platform === 'win32'
const running = new Set()

/** A stage that went wrong: `message` is for people; nothing more needs to be shown. */
export class StageError extends Error {}

/** Ends with code 1 and a sentence when this Node is older than package.json's `engines` asks. */
export function requireNode() {
  const wanted = manifest.engines.node.replace(/[^0-9.]/g, '')
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  console.error(
    `zapfleet needs Node ${wanted} or newer; this is Node ${process.versions.node}. Get one from https://nodejs.org and try again.`,
  )
  process.exit(1)
}

/** Runs `main` and turns its end into an exit code; a StageError is shown without a stack. */
export async function runScript(main) {
  requireNode()
  process.chdir(root)
  const end = (signal) => {
    // Each runs in a group of its own: its own children end with it.
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

/**
 * Makes sure that the packages are installed and everything is built; quick when nothing changed since the last time.
 * `build: false` makes only the code that is generated, which is enough to check and test the sources. `before` runs ahead of
 * an install: what makes the install useless is reported at once.
 */
export async function prepare({ build = true, before = async () => {} } = {}) {
  const task = build ? 'build' : 'generate'
  if (isInstalled() && isUpToDate(task)) return
  if (!isInstalled()) await before()
  await inTurn(async () => {
    if (!isInstalled()) {
      const quietly = ['--prefer-offline', '--config.confirmModulesPurge=false']
      const sources = sourcesOf('install')
      await stage(
        'installing the packages',
        pnpmCommand('install', '--frozen-lockfile', ...quietly),
        explainInstall,
      )
      stamp('install', sources)
    }
    if (isUpToDate(task)) return
    const sources = sourcesOf(task)
    // Types are a check of `npm test` and `pnpm verify`; who only wants to start need not wait for it.
    const unchecked = build ? ['--', '--noCheck'] : []
    const turbo = ['exec', 'turbo', 'run', task, '--output-logs=errors-only']
    const name = build ? 'building' : 'generating'
    await stage(name, pnpmCommand(...turbo, ...unchecked))
    if (build && missingResults().length > 0) {
      // turbo restored a damaged build from its cache.
      await stage('building again', pnpmCommand(...turbo, '--force', ...unchecked))
      const missing = missingResults()
      if (missing.length > 0) {
        throw new StageError(
          `The build is incomplete; it lacks:\n  ${missing.join('\n  ')}\nRemove the dist folders (rm -rf packages/*/dist apps/*/dist tools/*/dist .turbo) and start again.`,
        )
      }
    }
    stamp(task, sources)
  })
}

async function inTurn(act) {
  const busy = () => console.log('  another start is preparing this clone; waiting for it')
  try {
    await alone(join(root, '.turbo', 'bootstrap.lock'), busy, act)
  } catch (error) {
    if (error.syscall !== 'open' && error.syscall !== 'mkdir') throw error
    throw new StageError(`${root} cannot be written (${error.code}): zapfleet installs and builds in it.`)
  }
}

/** Runs a program of node_modules/.bin to its end: `{ code, output }`; with `show`, its output goes to the terminal. */
export function tool(name, args = [], { show = false, env = {} } = {}) {
  return execute(join(root, 'node_modules', '.bin', onWindows ? `${name}.cmd` : name), args, { show, env })
}

/** A pnpm command, through npx and the version package.json names: nothing but Node and npm is asked for. */
export function pnpmCommand(...args) {
  return ['npx', '--yes', '--prefer-offline', manifest.packageManager.split('+')[0], ...args]
}

/** Runs a command as one line of output, "name … 1.2 s"; its whole output is shown when it fails, as a StageError. */
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

/** The time since `startedAt` (performance.now) for people: "1.2 s". */
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
    // Gone already.
  }
}

function explainInstall(output) {
  if (/was not found on this machine/.test(output))
    return 'npx comes with npm: install Node together with npm.'
  if (/EACCES|EPERM|EROFS|permission denied/i.test(output)) {
    return `A folder cannot be written by this user: make ${root} and the caches of npm and pnpm yours (chown), or set npm_config_cache and npm_config_store_dir to folders that are.`
  }
  if (/ENOSPC/.test(output)) return 'The disk is full.'
  if (
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTCACHED|ERR_PNPM_(META_)?FETCH|ERR_SOCKET/.test(
      output,
    )
  ) {
    return 'The package registry could not be reached. The first run needs it once; behind a proxy or mirror, tell npm: npm config set registry …'
  }
  return ''
}
