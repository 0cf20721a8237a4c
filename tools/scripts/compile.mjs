// The build of one TypeScript package: `node ../../tools/scripts/compile.mjs [arguments for tsc]` in its folder.
// Not `tsc -b`, which also compiles the packages it references: turbo builds those, in order and once. It compiles into an empty
// folder beside dist, so that a damaged or outdated file never counts as up to date, and moves a complete build into
// dist: a program of a running fleet that starts meanwhile finds all its files.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingFiles, outputFolder } from './missing-files.mjs'
import { swapFolder } from './swap-folder.mjs'

const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
const folder = outputFolder(process.cwd())
// At the same depth: source maps name the sources relative to it.
const next = join(dirname(folder), `.${basename(folder)}-next`)
rmSync(next, { recursive: true, force: true })
const to = ['--outDir', next, '--tsBuildInfoFile', join(next, '.tsbuildinfo')]
// Packages are built in parallel. One thread without garbage collection takes half the processor time, and 0.3 GB at most.
const { status } = spawnSync(
  process.execPath,
  [tsc, '-p', '.', '--singleThreaded', ...to, ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, GOGC: 'off' } },
)
const missing = status === 0 ? missingFiles(process.cwd(), { compiledTo: next }) : []
if (status !== 0 || missing.length > 0) {
  rmSync(next, { recursive: true, force: true })
  for (const file of missing)
    console.error(`The build of ${process.cwd()} has no ${file.replace(next, folder)}.`)
  process.exit(1)
}
swapFolder(next, folder)
