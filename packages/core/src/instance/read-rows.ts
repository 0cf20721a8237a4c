import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { MANAGED } from './counters-sql.ts'
import type { ShownRow } from './instance.ts'

/** What a row knows of health beside what callers of `instance.list` see. */
export type ListedRow = ShownRow & { evolutionState: string | null }

/** Milliseconds since 1970 of a column, with its microseconds as a fraction. */
const ms = (column: string): string => `extract(epoch from i.${column}) * 1000`

/**
 * One JSON text for all rows: a tenth of the processor time of one mapped object a row, which for 10,000 instances is what a
 * call costs. $1 is how many, by name; null for all.
 */
const rowsStatement = statement(
  'instance_rows',
  `select coalesce(json_agg(json_build_array(i.nome, i.numero_telefone, i.status, i.status_motivo, ${ms('status_desde')},
  ${ms('verificada_em')}, i.silencios, i.pausada, i.pausa_motivo, i.duplicata_de, i.capacidade_hora, i.capacidade_dia,
  i.msgs_enviadas_hora, i.msgs_enviadas_dia, ${ms('janela_hora')}, ${ms('janela_dia')}, i.prioridade, ${ms('ultima_msg_at')},
  ${ms('created_at')}, i.estado_evolution)), '[]') as "rows"
from (select i.* from public.whatsapp_instances i where ${MANAGED} order by i.nome limit $1::int) i`,
)

type Instant = number | string | null
type RowArray = [
  name: string,
  phoneNumber: string | null,
  status: string | null,
  statusReason: string | null,
  statusSince: Instant,
  checkedAt: Instant,
  silentRounds: number,
  paused: boolean,
  pauseReason: string | null,
  duplicateOf: string | null,
  hourlyCapacity: number | null,
  dailyCapacity: number | null,
  sentThisHour: number | null,
  sentToday: number | null,
  hourWindow: Instant,
  dayWindow: Instant,
  priority: number | null,
  lastSentAt: Instant,
  createdAt: Instant,
  evolutionState: string | null,
]

/** An instant that no Date can hold, such as PostgreSQL's infinity, reads as none. */
function instant(value: Instant): Date | null {
  if (value === null) return null
  const at = new Date(Number(value))
  return Number.isNaN(at.getTime()) ? null : at
}

/**
 * Reads the rows of the managed instances by name, as the database has them now.
 *
 * @param first how many; all by default
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readRows(
  fleet: Pick<Ground, 'sql'>,
  { first = null }: { first?: number | null } = {},
): Promise<ListedRow[]> {
  const [answer] = await fleet.sql.run<{ rows: RowArray[] }>(rowsStatement, [first])
  return (answer?.rows ?? []).map((row) => ({
    name: row[0],
    phoneNumber: row[1],
    status: row[2],
    statusReason: row[3],
    statusSince: instant(row[4]),
    checkedAt: instant(row[5]),
    silentRounds: row[6],
    paused: row[7],
    pauseReason: row[8],
    duplicateOf: row[9],
    hourlyCapacity: row[10],
    dailyCapacity: row[11],
    sentThisHour: row[12],
    sentToday: row[13],
    hourWindow: instant(row[14]) ?? new Date(0),
    dayWindow: instant(row[15]) ?? new Date(0),
    priority: row[16],
    lastSentAt: instant(row[17]),
    createdAt: instant(row[18]),
    evolutionState: row[19],
  }))
}
