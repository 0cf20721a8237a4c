import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const fleet = process.env.ZAPFLEET_URL ?? 'http://127.0.0.1:3333'
const dist = fileURLToPath(new URL('dist', import.meta.url))

/** Builds the page, or, with `vite`, serves it with reload for the fleet of `npm start`. */
export default defineConfig({
  root: fileURLToPath(new URL('src', import.meta.url)),
  // Addresses relative to the page: a proxy may serve it under a sub path.
  base: './',
  resolve: { conditions: ['@zapfleet/source', 'module', 'browser', 'development|production'] },
  plugins: [react(), compress()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: 'es2022',
    // No inlined assets: the security policy of the page allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  // Not every path below /session, which is also a folder of the page's modules.
  server: { proxy: { '/trpc': fleet, '^/session(/all|/[A-Za-z0-9-]{12})?$': fleet } },
})

/** Also writes each text of the build compressed, so that the API does not compress while it serves. */
function compress(): Plugin {
  let folder = ''
  return {
    name: 'compress',
    apply: 'build',
    configResolved({ build }) {
      folder = join(build.outDir, 'assets')
    },
    closeBundle() {
      for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
        const content = readFileSync(join(folder, name))
        writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }))
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }))
      }
    },
  }
}
