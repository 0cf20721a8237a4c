// Makes what is published of what tsc wrote: one ES module and one CommonJS file, each with its declarations, in which
// the API's types stand written out. What is left to import are this package's own dependencies.

import { readFileSync } from 'node:fs'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const external = (id) => Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))
const modules = new URL('dist/modules/', import.meta.url).pathname
const published = new URL('dist/', import.meta.url).pathname

/** Of the API one file alone: its declarations hold every type in full, and lead nowhere else. */
const writtenOutApi = {
  name: 'written-out-api',
  resolveId: (id) =>
    id === '@zapfleet/api' ? new URL('public-procedures.d.ts', import.meta.resolve(id)).pathname : null,
}

const code = await rollup({ input: `${modules}index.js`, external, onwarn: fail })
await code.write({ file: `${published}index.js`, format: 'es' })
await code.write({ file: `${published}index.cjs`, format: 'cjs' })
await code.close()

const types = await rollup({
  input: `${modules}index.d.ts`,
  external,
  onwarn: fail,
  plugins: [writtenOutApi, dts()],
})
await types.write({ file: `${published}index.d.ts`, format: 'es' })
await types.write({ file: `${published}index.d.cts`, format: 'es' })
await types.close()

function fail(warning) {
  throw new Error(`${warning.code}: ${warning.message}`)
}
