import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { MANAGED, SERVER } from '../instance/counters-sql.ts'
import { readStatus } from '../instance/status.ts'
import { DEFAULT_SERVER } from '../server/server-names.ts'
import type { HealthState } from './health-state.ts'

/** A digest of all that health stores of instance `i`: an equal digest proves that no other writer changed the row. */
export const VERSION = `md5(row(i.status, i.status_motivo, i.status_desde, i.estado_evolution, i.verificada_em, i.silencios,
  i.conectada_em, i.queda_anterior, i.ultima_queda, i.servidor)::text)`

/** The lease `restart:<name>` marks a restart that was made through us. */
export const RESTART_LEASE = 'restart:'

/** An instance's health as stored, and what a write of it must find unchanged. */
export type StoredHealth = {
  name: string
  /** The server that has it. */
  server: string
  version: string
  health: HealthState
  /** The status as it is stored, which may be a text of another program. */
  statusWord: string | null
  /** Evolution's state at the last reading. */
  evolutionState: string | null
  checkedAt: Date | null
  /** Until when a fall of many instances of its server at once is not stored; null: before the first. */
  graceUntil: Date | null
}

/** Stored health at one moment of the database's clock. */
export type StoredFleet = {
  at: Date
  instances: StoredHealth[]
}

type Row = {
  at: Date
  grace_until: Date | null
  nome: string | null
  server: string
  version: string
  status: string | null
  status_motivo: string | null
  status_desde: Date | null
  estado_evolution: string | null
  verificada_em: Date | null
  silencios: number
  conectada_em: Date | null
  queda_anterior: Date | null
  ultima_queda: Date | null
  restart_until: Date | null
}

/**
 * $1 the moment handed in, or null; $2 names, or null; $3 a server, or null. Instances of a server that is not stored are read with those of the
 * default one, which does not have them. One row without a name where there is none.
 */
const readStatement = statement(
  'read_standings',
  `select coalesce($1::timestamptz, clock_timestamp()) at, r.grace_until, i.nome, ${SERVER} server, ${VERSION} "version", i.status, i.status_motivo,
  i.status_desde, i.estado_evolution, i.verificada_em, i.silencios, i.conectada_em, i.queda_anterior, i.ultima_queda,
  l.expires_at restart_until
from (values (true)) one(row)
left join public.whatsapp_instances i on ${MANAGED} and ($2::text[] is null or i.nome = any($2::text[]))
  and ($3::text is null or case when exists (select from zapfleet.servers s where s.name = i.servidor) then i.servidor else '${DEFAULT_SERVER}' end = $3::text)
left join zapfleet.server_rounds r on r.server = ${SERVER}
left join zapfleet.leases l on l.name = '${RESTART_LEASE}' || i.nome
order by i.nome`,
)

/** Reads what is stored of the health of these instances, in the order of their names. */
export function readStoredHealth(fleet: Ground, names: string[]): Promise<StoredFleet> {
  return read(fleet, [names, null])
}

/** The same of all instances of one server; with the default one also those of servers that are not stored. */
export function readHealthOfServer(fleet: Ground, server: string): Promise<StoredFleet> {
  return read(fleet, [null, server])
}

async function read(fleet: Ground, which: [string[] | null, string | null]): Promise<StoredFleet> {
  const rows = await fleet.sql.run<Row>(readStatement, [fleet.clock(), ...which])
  const [first] = rows
  if (!first) throw new Error('the statement that reads the stored health returned no row')
  const instances: StoredHealth[] = []
  for (const row of rows) if (row.nome !== null) instances.push(toStored(row.nome, row))
  return { at: first.at, instances }
}

function toStored(name: string, row: Row): StoredHealth {
  return {
    name,
    server: row.server,
    version: row.version,
    statusWord: row.status,
    evolutionState: row.estado_evolution,
    checkedAt: row.verificada_em,
    graceUntil: row.grace_until,
    health: {
      status: readStatus(row.status),
      reason: row.status_motivo,
      since: row.status_desde,
      connectedAt: row.conectada_em,
      silentRounds: row.silencios,
      fallBefore: row.queda_anterior,
      lastFall: row.ultima_queda,
      restartUntil: row.restart_until,
    },
  }
}
