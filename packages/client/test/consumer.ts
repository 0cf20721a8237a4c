import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** An empty project into which the packed client was installed, as a bot's author would. */
export type Consumer = {
  folder: string
  /** The tarball, as a registry would get it. */
  tarball: string
  write(file: string, text: string): Promise<void>
  /** Runs a file with this Node; answers what it printed. */
  run(file: string, environment?: Record<string, string>): Promise<string>
  /** What a compiler, by its file under node_modules, says of the project: one line for each error, `file(line,…): error …`; writes JavaScript beside the files. */
  tsc(program: string): Promise<string[]>
  remove(): Promise<void>
}

/**
 * Packs the client and installs the tarball. Works without a network: its dependencies are this workspace's own copies,
 * and none but those that its package.json declares can be seen.
 */
export async function installConsumer(): Promise<Consumer> {
  await buildIfStale()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'zapfleet-consumer-')))
  await pnpm(home, 'pack', '--pack-destination', folder)
  const [packed] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  if (packed === undefined) throw new Error('pnpm packed nothing')
  const manifest = {
    name: 'a-bot',
    private: true,
    type: 'module',
    dependencies: { '@zapfleet/client': `file:${packed}` },
    devDependencies: { typescript: '*', '@typescript/typescript6': '*', '@types/node': '*' },
    pnpm: { overrides: await workspaceCopies() },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await pnpm(folder, 'install', '--offline', '--ignore-workspace', '--lockfile=false')
  await mkdir(join(folder, 'src'))
  return {
    folder,
    tarball: join(folder, packed),
    write: (file, text) => writeFile(join(folder, file), text),
    async run(file, environment = {}) {
      const env = { PATH: process.env.PATH, ...environment }
      return (await run(process.execPath, [file], { cwd: folder, env })).stdout
    },
    async tsc(program) {
      const tsc = join(folder, 'node_modules', program)
      const { stdout } = await run(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], {
        cwd: folder,
      }).catch((failed: { stdout: string }) => failed)
      return stdout.split('\n').filter((line) => line.includes('error TS'))
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What the client declares, and a compiler: each linked to where it stands here. */
async function workspaceCopies(): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
  const names = [...Object.keys(dependencies), 'typescript', '@typescript/typescript6', '@types/node']
  const find = createRequire(join(home, 'package.json'))
  const findAtRoot = createRequire(join(root, 'package.json'))
  return Object.fromEntries(
    names.map((name) => {
      const from = Object.hasOwn(dependencies, name) ? find : findAtRoot
      return [name, `link:${dirname(from.resolve(`${name}/package.json`))}`]
    }),
  )
}

/** `npm test` builds before; who runs this file alone may not have. */
async function buildIfStale(): Promise<void> {
  const built = await stat(join(home, 'dist/index.d.ts')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  const changed = await Promise.all(
    [
      'packages/client/src',
      'packages/client/build.mjs',
      'apps/api/src/contract',
      'apps/api/src/procedures',
    ].map((path) => newest(join(root, path))),
  )
  if (Math.max(...changed) > built) await run(process.execPath, ['build.mjs', '--noCheck'], { cwd: home })
}

async function newest(path: string): Promise<number> {
  const own = await stat(path)
  if (!own.isDirectory()) return own.mtimeMs
  const below = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))))
  return Math.max(0, ...below)
}

async function pnpm(cwd: string, ...args: string[]): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await run('npx', ['--yes', '--prefer-offline', packageManager.split('+')[0], ...args], { cwd })
}
