import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, start } from './start-postgres.ts'

/**
 * Starts a PostgreSQL for tests and measurements in a new temporary folder, which `stop` removes (or, if this process dies, the
 * guard process of startPostgres). It is durable unless `settings` change that (`{ fsync: 'off' }` suits tests, not
 * measurements).
 */
export async function startTemporaryPostgres({
  settings = {},
}: {
  settings?: Readonly<Record<string, string>>
} = {}): Promise<Postgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zapfleet-postgres-'))
  // As root: the server's user must be able to enter the folder.
  await chmod(dataDir, 0o755)
  const clean = async () => {
    const elsewhere = await readFile(join(dataDir, 'location.json'), 'utf8').catch(() => null)
    if (elsewhere)
      await rm((JSON.parse(elsewhere) as { folder: string }).folder, { recursive: true, force: true })
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const postgres = await start({ dataDir, settings }, { temporary: true })
    return {
      ...postgres,
      async stop() {
        await postgres.stop()
        await clean()
      },
    }
  } catch (error) {
    await clean()
    throw error
  }
}
