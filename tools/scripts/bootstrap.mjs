// From a clone to installed packages, generated code and a build: the first step of `npm start`, `npm test` and the others.
// Plain Node without dependencies: it runs before an install.
import { join } from 'node:path'
import { withLockFile } from './lock-file.mjs'
import { pnpmCommand, StageError, stage } from './run-script.mjs'
import { hashSources, isInstalled, isUpToDate, missingResults, root, stamp } from './stamps.mjs'

/**
 * Installs the packages and builds everything that is not up to date. `build: false` makes only the generated code, which is enough
 * to check and test the sources. `beforeInstall` runs before an install, so that it can report early what would stop the program.
 *
 * @throws StageError when the install or the build fails
 */
export async function prepare({ build = true, beforeInstall = async () => {} } = {}) {
  const task = build ? 'build' : 'generate'
  if (isInstalled() && isUpToDate(task)) return
  if (!isInstalled()) await beforeInstall()
  await withTheLock(async () => {
    if (!isInstalled()) {
      const quietly = ['--prefer-offline', '--config.confirmModulesPurge=false']
      const sources = hashSources('install')
      await stage(
        'installing the packages',
        pnpmCommand('install', '--frozen-lockfile', ...quietly),
        explainInstall,
      )
      stamp('install', sources)
    }
    if (isUpToDate(task)) return
    const sources = hashSources(task)
    // `npm test` and `pnpm verify` check the types. A start does not wait for that.
    const unchecked = build ? ['--', '--noCheck'] : []
    const turbo = ['exec', 'turbo', 'run', task, '--output-logs=errors-only']
    const name = build ? 'building' : 'generating'
    await stage(name, pnpmCommand(...turbo, ...unchecked))
    if (build && missingResults().length > 0) {
      // The cache of turbo held a damaged build.
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

async function withTheLock(act) {
  const onWait = () => console.log('  another start is preparing this clone; waiting for it')
  try {
    await withLockFile(join(root, '.turbo', 'bootstrap.lock'), onWait, act)
  } catch (error) {
    if (error.syscall !== 'open' && error.syscall !== 'mkdir') throw error
    throw new StageError(`${root} cannot be written (${error.code}): zapfleet installs and builds in it.`)
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
    return 'The package registry could not be reached. The first run needs it once; behind a proxy or mirror, configure npm: npm config set registry …'
  }
  return ''
}
