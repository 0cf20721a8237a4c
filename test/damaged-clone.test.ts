import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { npmStart } from './npm-start.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const AT_THE_TOP = [
  '.pnpmfile.cjs',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'prisma',
  'prisma.config.ts',
  'tools/scripts',
  'tsconfig.base.json',
  'turbo.json',
]

test('npm start in a clone with a damaged build builds again and serves', { timeout: 600_000 }, async () => {
  const clone = installedClone()
  // The cache of this clone: what it has built need not be built twice.
  const env = { TURBO_CACHE_DIR: join(root, '.turbo', 'cache') }
  const prepare = `import { prepare } from './tools/scripts/bootstrap.mjs'; import { runScript } from './tools/scripts/run-script.mjs'; await runScript(() => prepare())`
  const first = node(clone, prepare, env)
  expect(first).toMatchObject({ status: 0, stderr: '' })
  expect(first.stdout).toMatch(/building … /)
  expect(node(clone, prepare, env)).toMatchObject({ status: 0, stdout: '' })

  rmSync(join(clone, 'packages/core/dist/db'), { recursive: true })
  rmSync(join(clone, 'tools/launcher/dist'), { recursive: true })
  const port = String(await freePort())
  const dataDir = newFolder()
  const start = await npmStart({ ...env, PORT: port, ZAPFLEET_DATA_DIR: dataDir }, clone)
  try {
    expect(start.output()).toMatch(/building … /)
    const answer = await fetch(`http://127.0.0.1:${port}/v1/instances`, {
      headers: { 'x-api-key': readFileSync(join(dataDir, 'admin-key'), 'utf8').trim() },
    })
    expect(answer.status).toBe(200)
    expect(existsSync(join(clone, 'packages/core/dist/ground/generated/client.js'))).toBe(true)
  } finally {
    start.process.kill('SIGTERM')
    await start.exited
  }
})

/** A copy of the sources with the packages of this clone: installed, and not built. */
function installedClone(): string {
  const clone = newFolder()
  for (const name of AT_THE_TOP) cpSync(join(root, name), join(clone, name), { recursive: true })
  // Stamps are written into node_modules.
  mkdirSync(join(clone, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.zapfleet-'))
      symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  for (const folder of members()) {
    cpSync(join(root, folder), join(clone, folder), {
      recursive: true,
      // The links between packages lead into the copy.
      verbatimSymlinks: true,
      filter: (path) => !['dist', 'test', 'results', '.turbo', '.vite'].includes(basename(path)),
    })
  }
  expect(
    node(
      clone,
      `import { hashSources, stamp } from './tools/scripts/stamps.mjs'; stamp('install', hashSources('install'))`,
    ),
  ).toMatchObject({ status: 0 })
  return clone
}

function members(): string[] {
  const workspace = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as { packages: string[] }
  return workspace.packages
    .flatMap((pattern) => {
      const group = pattern.replace(/\/\*$/, '')
      return group === pattern ? [pattern] : readdirSync(join(root, group)).map((name) => `${group}/${name}`)
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

function node(cwd: string, script: string, env: Record<string, string> = {}) {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status: run.status, stdout: run.stdout, stderr: run.stderr }
}
