import pg from 'pg'
import { type Arena, onConnection } from '../arena.ts'
import { CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { CAPACITY, FILLFACTOR } from '../population.ts'

const increment = {
  name: 'bench_increment',
  text: 'update bench_rows set sent = sent + 1 where id = $1',
}
const incrementWithinLimit = {
  name: 'bench_increment_within_limit',
  text: 'update bench_rows set sent = sent + 1 where id = $1 and sent < capacity returning sent',
}

/** The peer without pgbench: the same UPDATE by a named statement on `pg`, with a connection for each caller. */
export async function openDriverUpdate(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
): Promise<Contestant> {
  const pool = await openPool(arena, numbers, CALLERS)
  return {
    name,
    driven: `no pgbench here: the same UPDATE by a named statement on pg, ${CALLERS} connections, rows drawn at random from ${numbers}`,
    run: (times, signal) =>
      drive(
        () => pool.query({ ...increment, values: [anyRow(numbers)] }),
        { ...times, callers: CALLERS, readUsage: arena.readUsage },
        signal,
      ),
  }
}

/** One conditional UPDATE at a time by a named statement on one connection: the lowest cost of a counted choice. */
export async function openLoneUpdate(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
): Promise<Contestant> {
  const pool = await openPool(arena, numbers, 1)
  return {
    name,
    driven: `one conditional UPDATE by a named statement on pg, one connection, one caller, rows drawn at random from ${numbers}`,
    run: (times, signal) =>
      drive(
        () => pool.query({ ...incrementWithinLimit, values: [anyRow(numbers)] }),
        { ...times, callers: 1, readUsage: arena.readUsage },
        signal,
      ),
  }
}

async function openPool(arena: Arena, numbers: number, connections: number): Promise<pg.Pool> {
  const url = await arena.emptyDatabase()
  await onConnection(url, (client) => makeBenchRows(client, numbers))
  const pool = new pg.Pool({ connectionString: url, max: connections, query_timeout: 60_000 })
  arena.onClose(() => pool.end())
  return pool
}

function anyRow(numbers: number): number {
  return 1 + Math.floor(Math.random() * numbers)
}

/** Makes the table of the bare UPDATEs: as many rows as the fleet has numbers, about as wide, with room on each page. */
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
