// Builds the published files: one ES module and one CommonJS file, each with its declarations, that import nothing. tRPC's
// client and the event-stream parser are bundled, because tRPC's declarations do not compile with `skipLibCheck: false` and its
// peer dependency installs a compiler. Arguments go to tsc.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import ts from '@typescript/typescript6'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { documentProcedures } from './document-procedures.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const compile = here('../../tools/scripts/compile.mjs')
execFileSync(process.execPath, [compile, ...process.argv.slice(2)], { cwd: here('.'), stdio: 'inherit' })

/** Packages of others whose code is bundled, each with its licence. */
const INSIDE = ['@trpc/client', '@trpc/server', 'eventsource-parser']
/** Our package whose code is bundled. */
const OURS = '@zapfleet/sending'
const onwarn = ({ code, message }) => {
  throw new Error(`${code}: ${message}`)
}

/** The only file of the API: declarations with every type written out. */
const procedures = here('dist/modules/procedures.d.ts')
writeFileSync(
  procedures,
  await documentProcedures(fileURLToPath(new URL('.', import.meta.resolve('@zapfleet/api')))),
)
const writtenOutApi = {
  name: 'written-out-api',
  resolveId: (id) => (id === '@zapfleet/api' ? procedures : null),
}

const code = await rollup({
  input: here('dist/modules/index.js'),
  onwarn,
  treeshake: 'smallest',
  plugins: [nodeResolve()],
})
await code.write({ file: here('dist/index.js'), format: 'es' })
await code.write({ file: here('dist/index.cjs'), format: 'cjs' })
await code.close()

const types = await rollup({
  input: here('dist/modules/index.d.ts'),
  // Only parts of tRPC's server that are not used here name these.
  external: ['http', 'http2', 'ws', 'node:stream'],
  onwarn,
  plugins: [
    writtenOutApi,
    dts({
      includeExternal: [...INSIDE, OURS],
      compilerOptions: { moduleResolution: ts.ModuleResolutionKind.Bundler },
    }),
  ],
})
await types.write({ file: here('dist/index.d.ts'), format: 'es' })
await types.write({ file: here('dist/index.d.cts'), format: 'es' })
await types.close()

const find = createRequire(import.meta.url)
const licences = INSIDE.map((name) => {
  const manifest = find.resolve(`${name}/package.json`)
  const { version, license } = JSON.parse(readFileSync(manifest, 'utf8'))
  return `${name} ${version} (${license})\n\n${readFileSync(join(dirname(manifest), 'LICENSE'), 'utf8').trim()}\n`
})
writeFileSync(here('dist/THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`))
