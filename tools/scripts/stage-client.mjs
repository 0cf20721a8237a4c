// What of packages/client is published, as a folder that npm packs and publishes. The package.json of the workspace
// cannot be published as it is: its `catalog:` and `workspace:` versions are understood by this workspace alone.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './freshness.mjs'

const member = join(root, 'packages', 'client')

/** Fields of package.json that a published package has; what only a build needs stays behind. */
const PUBLISHED = [
  ...['name', 'version', 'description', 'keywords', 'license', 'type', 'sideEffects', 'engines', 'files'],
  ...['main', 'module', 'types', 'exports', 'publishConfig'],
]

/** The package.json of the client in this workspace. */
export function clientManifest() {
  return JSON.parse(readFileSync(join(member, 'package.json'), 'utf8'))
}

/** Fills `folder` with what is published; the client must have been built. */
export function stageClient(folder) {
  const manifest = clientManifest()
  // The export of the sources is for this workspace.
  delete manifest.exports['.']['@zapfleet/source']
  const published = Object.fromEntries(Object.entries(manifest).filter(([key]) => PUBLISHED.includes(key)))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  for (const file of [...manifest.files, 'README.md', 'LICENSE']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(member, file), join(folder, file))
  }
}
