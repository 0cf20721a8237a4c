import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address at which the database server of the test run creates databases (test/postgres.ts). */
    databaseServerUrl: string
  }
}

/** A database for one test file; `drop` closes its remaining connections and removes it. */
export type TestDatabase = { url: string; drop(): Promise<void> }

/**
 * A database with every migration applied, cloned from the run's template in about 50 ms. The first call of a run waits for the
 * server. Only inside vitest with the globalSetup `test/postgres.ts`; otherwise throws with the server's text.
 */
export function testDatabase(): Promise<TestDatabase> {
  return createDatabase('migrated')
}

/** An empty database, for tests of the migrations. */
export function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase('empty')
}

async function createDatabase(kind: 'migrated' | 'empty'): Promise<TestDatabase> {
  const address = inject('databaseServerUrl')
  if (!address)
    throw new Error('No test database server: vitest must run with the globalSetup test/postgres.ts.')
  const answer = await fetch(`${address}/${kind}`, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`The test database could not be made: ${text}`)
  const { url, name } = JSON.parse(text) as { url: string; name: string }
  return {
    url,
    async drop() {
      const dropped = await fetch(`${address}/${name}`, { method: 'DELETE' })
      if (!dropped.ok)
        throw new Error(`The test database ${name} could not be dropped: ${await dropped.text()}`)
    },
  }
}
