// What pnpm is told about packages of others, beside pnpm-workspace.yaml.

/** Prisma's client names Prisma's command line as an optional peer. Ours would be it, and 200 MB of it would go into production. */
function readPackage(manifest) {
  if (manifest.name === '@prisma/client') {
    manifest.peerDependencies = {}
    manifest.peerDependenciesMeta = {}
  }
  return manifest
}

module.exports = { hooks: { readPackage } }
