// Generates the Prisma client without the network. `prisma` insists on a native schema engine before every command, and
// `generate` never uses it: any executable will do, so Node's own serves. Only here: with it, `migrate` and `db push`
// would do nothing and still report success.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const cli = join(dirname(require.resolve('prisma/package.json')), 'build', 'index.js')
const schema = join(import.meta.dirname, '..', '..', 'prisma', 'schema.prisma')
const run = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
  encoding: 'utf8',
})
if (run.status !== 0) {
  process.stderr.write(`${run.stdout}${run.stderr}`)
  process.exit(run.status ?? 1)
}
