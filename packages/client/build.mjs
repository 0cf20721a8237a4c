// Makes what is published: one ES module and one CommonJS file, each with its declarations, in which the API's types
// stand written out. What is left to import are this package's own dependencies. Arguments go to tsc.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const compile = here('../../scripts/compile.mjs')
execFileSync(process.execPath, [compile, ...process.argv.slice(2)], { cwd: here('.'), stdio: 'inherit' })

const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'))
const external = (id) => Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))
const onwarn = ({ code, message }) => {
  throw new Error(`${code}: ${message}`)
}

/** Of the API one file alone: its declarations hold every type in full, and lead nowhere else. */
const writtenOutApi = {
  name: 'written-out-api',
  resolveId: (id) =>
    id === '@zapfleet/api' ? fileURLToPath(new URL('public-procedures.d.ts', import.meta.resolve(id))) : null,
}

const code = await rollup({ input: here('dist/modules/index.js'), external, onwarn })
await code.write({ file: here('dist/index.js'), format: 'es' })
await code.write({ file: here('dist/index.cjs'), format: 'cjs' })
await code.close()

const types = await rollup({
  input: here('dist/modules/index.d.ts'),
  external,
  onwarn,
  plugins: [writtenOutApi, dts()],
})
await types.write({ file: here('dist/index.d.ts'), format: 'es' })
await types.write({ file: here('dist/index.d.cts'), format: 'es' })
await types.close()
