// Builds one TypeScript package: `node ../../tools/scripts/compile.mjs [arguments for tsc]` in its folder.
// `tsc -b` would also compile the packages that it references; turbo builds those, once and in order. tsc compiles into an empty
// folder beside dist, so that no old or damaged output counts as up to date. Only a complete build replaces dist, one file at
// a time, so a program of a running fleet that starts during a build finds all its files.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingFiles, nextFolder, outputFolder, swapFolder } from './dist-folder.mjs'

const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
const folder = outputFolder(process.cwd())
// At the depth of dist: source maps hold paths relative to it.
const next = nextFolder(folder)
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
