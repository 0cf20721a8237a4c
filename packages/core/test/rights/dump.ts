import type { Sql } from '../support/fleet.ts'

/** Every row of every table of the database as text, as COPY writes them into a dump. The version of pg_dump need not be the server's. */
export async function dumpOf(sql: Sql): Promise<string> {
  const tables = await sql(
    `select format('%I.%I', schemaname, tablename) name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  const texts = await Promise.all(
    tables.map(async ({ name }) =>
      (await sql(`select t::text row from ${String(name)} t`)).map(({ row }) => row),
    ),
  )
  return texts.flat().join('\n')
}
