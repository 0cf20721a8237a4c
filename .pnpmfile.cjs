// What pnpm is told about packages of others, beside pnpm-workspace.yaml.

/**
 * Peers that only types or a build want, and that are there for those: Prisma's client names Prisma's command line, tRPC names
 * the compiler. As peers, both would go into production, 250 MB of them.
 */
function readPackage(manifest) {
  if (manifest.name === '@prisma/client' || manifest.name.startsWith('@trpc/'))
    for (const name of ['prisma', 'typescript']) {
      delete manifest.peerDependencies?.[name]
      delete manifest.peerDependenciesMeta?.[name]
    }
  return manifest
}

module.exports = { hooks: { readPackage } }
