import type pg from 'pg'
import { CAPACITY, FILLFACTOR } from '../population.ts'

/** Makes the table of the bare UPDATEs: as many rows as the fleet has numbers, about as wide as theirs, room on each page. */
export async function makeBenchRows(client: pg.Client, numbers: number): Promise<void> {
  await client.query(`create table bench_rows (
    id int primary key, sent int not null default 0, capacity int not null default ${CAPACITY},
    name text not null, filler text not null default repeat('x', 60)
  ) with (fillfactor = ${FILLFACTOR})`)
  await client.query(
    `insert into bench_rows (id, name) select i, 'number-' || i from generate_series(1, $1::int) i`,
    [numbers],
  )
  await client.query('vacuum analyze bench_rows')
}
