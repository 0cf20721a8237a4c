// `npm pack` in this folder would write a package.json with versions that only this workspace can resolve.
console.error(
  'Pack or publish from the root of the clone instead: npm run pack:client, or npm run publish:client.',
)
process.exit(1)
