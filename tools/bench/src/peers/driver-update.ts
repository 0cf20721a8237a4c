import pg from 'pg'
import { type Arena, onConnection } from '../arena.ts'
import { CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { makeBenchRows } from './bench-rows.ts'

const increment = {
  name: 'bench_increment',
  text: 'update bench_rows set sent = sent + 1 where id = $1',
}
const incrementWithinLimit = {
  name: 'bench_increment_within_limit',
  text: 'update bench_rows set sent = sent + 1 where id = $1 and sent < capacity returning sent',
}

/** The base where there is no pgbench: the same UPDATE by a named statement on `pg`, a connection for each caller. */
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
        { ...times, callers: CALLERS },
        signal,
      ),
  }
}

/** One conditional UPDATE at a time by a named statement on one connection: the least a counted choice can cost. */
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
        { ...times, callers: 1 },
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
