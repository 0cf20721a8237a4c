import { emptyDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { readMigrations } from '../../src/ground/migrate.ts'
import type { Sql } from './fleet.ts'

/** An empty database on which `setup` ran, with the migrations before the one of this name. Dropped after the test. */
export async function oldDatabase(before: string, setup = ''): Promise<{ url: string; query: Sql }> {
  const made = await emptyDatabase()
  const client = new pg.Client({ connectionString: made.url })
  await client.connect()
  onTestFinished(async () => {
    await client.end()
    await made.drop()
  })
  const query: Sql = async (text, values) => (await client.query(text, values)).rows
  await query(setup)
  await query(`create table public._prisma_migrations (
    id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`)
  for (const { name, sql, checksum } of await readMigrations()) {
    if (name >= before) break
    await client.query(sql)
    await query(
      `insert into public._prisma_migrations (id, checksum, finished_at, migration_name) values (gen_random_uuid(), $1, now(), $2)`,
      [checksum, name],
    )
  }
  return { url: made.url, query }
}
