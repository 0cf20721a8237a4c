import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address at which the run's database server is asked for databases (test/postgres.ts). */
    databaseDoor: string
  }
}

/** A database of one test file's own; `drop` closes what is still connected and removes it. */
export type TestDatabase = { url: string; drop(): Promise<void> }

/**
 * A database with every migration applied, cloned from the run's template in some 50 ms. The first call of a run waits
 * for the server. Only inside vitest with the globalSetup `test/postgres.ts`; throws with the server's words otherwise.
 */
export function testDatabase(): Promise<TestDatabase> {
  return ask('migrated')
}

/** A database with nothing in it, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return ask('empty')
}

async function ask(kind: 'migrated' | 'empty'): Promise<TestDatabase> {
  const door = inject('databaseDoor')
  if (!door)
    throw new Error('No test database server: vitest must run with the globalSetup test/postgres.ts.')
  const answer = await fetch(`${door}/${kind}`, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`The test database could not be made: ${text}`)
  const { url, name } = JSON.parse(text) as { url: string; name: string }
  return {
    url,
    async drop() {
      const dropped = await fetch(`${door}/${name}`, { method: 'DELETE' })
      if (!dropped.ok)
        throw new Error(`The test database ${name} could not be dropped: ${await dropped.text()}`)
    },
  }
}
