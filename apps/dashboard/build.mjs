// Builds the page beside dist/ and moves it there when it is complete, because a running API serves from there. Arguments
// (--noCheck) are for the tsc of other packages and are ignored.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { nextFolder, swapFolder } from '../../tools/scripts/dist-folder.mjs'

// Overrides NODE_ENV of the shell: React's development build is three times as large and holds paths of this machine.
process.env.NODE_ENV = 'production'
const root = fileURLToPath(new URL('.', import.meta.url))
process.chdir(root)
const next = nextFolder('dist')
await build({
  configFile: `${root}vite.config.ts`,
  logLevel: 'warn',
  build: { outDir: `${root}${next}`, emptyOutDir: true },
})
swapFolder(next, 'dist')
