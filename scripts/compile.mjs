// The build of one TypeScript package: `node ../../scripts/compile.mjs [arguments for tsc]` in its folder.
// Not `tsc -b`, which also compiles the packages it references: turbo builds those, in order and once. dist is
// removed first, so that a damaged or outdated one never counts as up to date.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { missingFiles } from './missing-files.mjs'

const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync(process.execPath, [tsc, '-p', '.', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
const missing = status === 0 ? missingFiles(process.cwd(), { entries: false }) : []
if (status !== 0 || missing.length > 0) {
  // A later run must not take half a build for a whole one.
  rmSync('dist', { recursive: true, force: true })
  for (const file of missing) console.error(`The build of ${process.cwd()} has no ${file}.`)
  process.exit(1)
}
