import type { Evolution } from '@zapfleet/evolution'
import { testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll } from 'vitest'
import { closeFleet, type Fleet, type FleetConfig, openFleet, silentLog } from '../../src/index.ts'

/** An address that no test of choosing and counting may call. */
export const noEvolution = new Proxy({} as Evolution, {
  get(_, call) {
    throw new Error(`nothing here should call Evolution, yet ${String(call)} was`)
  },
})

/** A connection of the test's own, to read the stored rows. */
export type Sql = (text: string, values?: unknown[]) => Promise<Record<string, never>[]>

/** The clock of a test; null means the database's clock. */
export type TestClock = { at: Date | null; set(iso: string): void }

export type TestFleet = {
  fleet: Fleet
  sql: Sql
  url: string
  clock: TestClock
  another(config?: Partial<FleetConfig>): Promise<Fleet>
}

/** A fleet on a database of this file's own; closed and dropped after the file's tests. */
export async function testFleet(config: Partial<FleetConfig> = {}): Promise<TestFleet> {
  const database = await testDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  // The database is dropped while the last connections close.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  const clock: TestClock = {
    at: null,
    set(iso) {
      this.at = new Date(iso)
    },
  }
  const opened: Fleet[] = []
  const another = async (more: Partial<FleetConfig> = {}): Promise<Fleet> => {
    const fleet = await openFleet({
      databaseUrl: database.url,
      timeZone: 'America/Sao_Paulo',
      evolution: noEvolution,
      log: silentLog,
      clock: () => clock.at,
      ...config,
      ...more,
    })
    opened.push(fleet)
    return fleet
  }
  const fleet = await another()
  afterAll(async () => {
    await Promise.all(opened.map(closeFleet))
    await pool.end()
    await database.drop()
  })
  return {
    fleet,
    url: database.url,
    clock,
    another,
    sql: async (text, values) => (await pool.query(text, values)).rows,
  }
}

/** Registers instances as rows; defaults: connected, 20 an hour, 100 a day, priority 1. */
export async function addInstances(
  sql: Sql,
  names: string[],
  row: {
    status?: string
    hour?: number
    day?: number
    priority?: number
    paused?: boolean
    lastSentAt?: string
  } = {},
): Promise<void> {
  await sql(
    `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, prioridade, pausada, ultima_msg_at, janela_hora, janela_dia)
     select n, $2, $3, $4, $5, $6, $7, 'epoch', 'epoch' from unnest($1::text[]) n`,
    [
      names,
      row.status ?? 'connected',
      row.hour ?? 20,
      row.day ?? 100,
      row.priority ?? 1,
      row.paused ?? false,
      row.lastSentAt ?? null,
    ],
  )
}

/** Deletes all rows of a fleet between tests. */
export async function clearFleet(sql: Sql): Promise<void> {
  await emptyTables(
    sql,
    'whatsapp_instances, clientes, zapfleet.contacts, zapfleet.reservations, zapfleet.idempotency_keys, zapfleet.removals, zapfleet.leases, zapfleet.conversations',
  )
}

/** Deletes all rows of tables. Rows that are inserted afterwards are read in their order where a statement has none. */
export async function emptyTables(sql: Sql, tables: string): Promise<void> {
  await sql(`truncate ${tables}`)
}
