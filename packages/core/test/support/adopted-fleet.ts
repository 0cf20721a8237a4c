import { emptyDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { closeFleet, type Fleet, migrate, openFleet, silentLog } from '../../src/index.ts'
import { noEvolution, type Sql } from './fleet.ts'

/**
 * A fleet on a database in which `clientes` existed before, with this column `id`, such as `uuid primary key`; closed and dropped after
 * the test.
 */
export async function adoptedFleet(idColumn: string): Promise<{ fleet: Fleet; sql: Sql }> {
  const database = await emptyDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(`create table public.clientes (id ${idColumn}, instancia_preferida varchar(50))`)
  await migrate({ url: database.url, timeZone: 'America/Sao_Paulo' })
  const fleet = await openFleet({
    databaseUrl: database.url,
    timeZone: 'America/Sao_Paulo',
    evolution: noEvolution,
    log: silentLog,
  })
  onTestFinished(async () => {
    await closeFleet(fleet)
    await client.end()
    await database.drop()
  })
  return { fleet, sql: async (text, values) => (await client.query(text, values)).rows }
}
