// `npm run pack:client -- FOLDER` writes @zapfleet/client as a tarball that npm installs without a registry.
// `npm run publish:client -- [arguments of npm publish]` publishes it; with --dry-run it only prints what it would publish.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { prepare } from './bootstrap.mjs'
import { runScript, StageError, stage } from './run-script.mjs'
import { clientManifest, stageClient } from './stage-client.mjs'
import { root } from './stamps.mjs'

await runScript(async ({ release }) => {
  const [first, ...rest] = process.argv.slice(2)
  const target = resolve(process.env.INIT_CWD ?? root, first ?? '.')
  if (first !== '--publish' && !existsSync(target))
    throw new StageError(`${target} does not exist. Create it, or name the folder of your bot.`)
  await prepare()
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-client-'))
  try {
    stageClient(folder)
    if (first === '--publish') {
      // npm may prompt for a one-time password.
      release()
      const command = ['publish', folder, '--ignore-scripts', ...rest]
      const { status } = spawnSync('npm', command, { stdio: 'inherit', shell: process.platform === 'win32' })
      process.exitCode = status ?? 1
      return
    }
    await stage('packing', ['npm', 'pack', folder, '--pack-destination', target, '--ignore-scripts'])
    const { name, version } = clientManifest()
    console.log(`  ${join(target, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
