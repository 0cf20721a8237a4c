// The published files of packages/client, as a folder that npm packs and publishes. npm cannot read the `catalog:` and
// `workspace:` versions in the package.json of the workspace.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './stamps.mjs'

const member = join(root, 'packages', 'client')

/** The fields of package.json that are published; the others serve the build. */
const PUBLISHED = [
  ...['name', 'version', 'description', 'keywords', 'license', 'type', 'sideEffects', 'engines', 'files'],
  ...['main', 'module', 'types', 'exports', 'publishConfig'],
]

/** The package.json of the client in this workspace. */
export function clientManifest() {
  return JSON.parse(readFileSync(join(member, 'package.json'), 'utf8'))
}

/** Writes the published files to `folder`. The client must be built. */
export function stageClient(folder) {
  const manifest = clientManifest()
  // Only this workspace reads the sources.
  delete manifest.exports['.']['@zapfleet/source']
  const published = Object.fromEntries(Object.entries(manifest).filter(([key]) => PUBLISHED.includes(key)))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  for (const file of [...manifest.files, 'README.md', 'LICENSE']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(member, file), join(folder, file))
  }
}
