import { readStatus } from '../instance/status.ts'
import type { Seen } from '../selection/pool.ts'

/**
 * The moment in SQL: `$1` is the instant that a test hands in, null means the database's own clock, since the clocks of
 * processes disagree; `$2` is the fleet's time zone. Windows start where `date_trunc` says, also on 23- and 25-hour days.
 */
export const MOMENT = `k as materialized (
  select m.at, date_trunc('hour', m.at, $2::text) h, date_trunc('day', m.at, $2::text) d
  from (select coalesce($1::timestamptz, clock_timestamp()) at) m)`

/** The parts of COUNTERS: what instance `i` counts, and may count, at moment `k`. */
export const HOUR = 'greatest(i.janela_hora, k.h)'
export const DAY = 'greatest(i.janela_dia, k.d)'
export const SENT_THIS_HOUR = `case when i.janela_hora >= k.h then coalesce(i.msgs_enviadas_hora, 0) else 0 end`
export const SENT_TODAY = `case when i.janela_dia >= k.d then coalesce(i.msgs_enviadas_dia, 0) else 0 end`
export const HOURLY_CAPACITY = 'coalesce(i.capacidade_hora, 20)'
export const DAILY_CAPACITY = 'coalesce(i.capacidade_dia, 100)'

/** The counters of instance `i` as they read at moment `k`: an older window reads as zero, windows never move back. */
export const COUNTERS = `${HOUR} h, ${DAY} d, ${SENT_THIS_HOUR} sh, ${SENT_TODAY} sd, ${HOURLY_CAPACITY} ch, ${DAILY_CAPACITY} cd`

/** Instances that zapfleet manages: named, and with a name that the preference columns can hold. */
export const MANAGED = `i.removida_em is null and i.nome is not null and length(i.nome) <= 50`

/** One instance as the pool takes it in. Instants are milliseconds since the epoch. */
export type SeatRow = [
  name: string,
  status: string | null,
  paused: boolean,
  hourlyCapacity: number,
  dailyCapacity: number,
  sentThisHour: number,
  sentToday: number,
  priority: number,
  lastSentAtMs: number | null,
  isDuplicate: boolean,
]

/** Turns a row of SQL into what the pool takes in. A priority outside 1-100 of another program is read as the nearest. */
export function readSeat(row: SeatRow): Seen {
  return {
    name: row[0],
    status: readStatus(row[1]),
    paused: row[2],
    hourlyCapacity: row[3],
    dailyCapacity: row[4],
    sentThisHour: row[5],
    sentToday: row[6],
    priority: Math.min(100, Math.max(1, row[7])),
    lastSentAtMs: row[8] ?? 0,
    isDuplicate: row[9],
  }
}
