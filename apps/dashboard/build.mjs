// Builds the page beside dist/ and moves it there when it is complete, since a running API serves from there. The builds of all packages get the same arguments (--noCheck), which are meant for tsc.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { nextFolder, swapFolder } from '../../tools/scripts/dist-folder.mjs'

// Whatever the shell says: React's development build is three times as large, and names this machine's folders.
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
