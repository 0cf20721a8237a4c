import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const stageScript = new URL('../../../tools/scripts/stage-client.mjs', import.meta.url).href

/** An empty project into which the packed client was installed, as the author of a bot does it. */
export type Consumer = {
  folder: string
  /** The tarball, as npm would publish it. */
  tarball: string
  write(file: string, text: string): Promise<void>
  /** Runs a file with this Node and returns its output. */
  run(file: string, environment?: Record<string, string>): Promise<string>
  /** The errors of a compiler, named by its file under node_modules: one line for each error, `file(line,…): error …`; writes JavaScript beside the files. */
  tsc(program: string): Promise<string[]>
  remove(): Promise<void>
}

/** Packs the client and installs the tarball by npm, offline. The compilers are this workspace's own copies. */
export async function installConsumer(): Promise<Consumer> {
  await buildIfStale()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'zapfleet-consumer-')))
  const staged = await mkdtemp(join(tmpdir(), 'zapfleet-staged-'))
  const { stageClient } = (await import(stageScript)) as { stageClient(folder: string): void }
  stageClient(staged)
  await run('npm', ['pack', staged, '--pack-destination', folder])
  await rm(staged, { recursive: true })
  const [packed] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  if (packed === undefined) throw new Error('npm packed nothing')
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'a-bot', private: true, type: 'module' }),
  )
  await run('npm', ['install', '--offline', `./${packed}`], { cwd: folder })
  await linkCompilers(folder)
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
      // The compiler written in Go takes a third less processor time without garbage collection; the other ignores GOGC.
      const options = { cwd: folder, env: { ...process.env, GOGC: 'off' } }
      const { stdout } = await run(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], options).catch(
        (failed: { stdout: string }) => failed,
      )
      return stdout.split('\n').filter((line) => line.includes('error TS'))
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Links what `npm install --save-dev typescript @types/node` would fetch, and the compiler before it. */
export async function linkCompilers(folder: string): Promise<void> {
  const find = createRequire(join(root, 'package.json'))
  for (const name of ['typescript', '@typescript/typescript6', '@types/node']) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(dirname(find.resolve(`${name}/package.json`)), link)
  }
}

/** `npm test` builds before; a run of this file alone may not. */
async function buildIfStale(): Promise<void> {
  const built = await stat(join(home, 'dist/index.d.ts')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  const changed = await Promise.all(
    [
      'packages/client/src',
      'packages/client/build.mjs',
      'packages/client/document-procedures.mjs',
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
