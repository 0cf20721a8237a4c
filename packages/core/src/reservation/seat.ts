import { readPriority } from '../instance/instance.ts'
import { readStatus } from '../instance/status.ts'
import type { CandidateReading } from '../selection/pool.ts'

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
  restraints:
    | [
        isFailing: boolean,
        isRestricted: boolean,
        isDraining: boolean,
        restrictedUntilMs: number | null,
        probedAtMs: number | null,
        inferredSinceMs?: number | null,
      ]
    | null,
]

/** Reads a row of SQL for the pool. */
export function readSeat(row: SeatRow): CandidateReading {
  return {
    name: row[0],
    status: readStatus(row[1]),
    paused: row[2],
    hourlyCapacity: row[3],
    dailyCapacity: row[4],
    sentThisHour: row[5],
    sentToday: row[6],
    priority: readPriority(row[7]),
    lastSentAtMs: row[8] ?? 0,
    isDuplicate: row[9],
    isFailing: row[10]?.[0] ?? false,
    isRestricted: row[10]?.[1] ?? false,
    isDraining: row[10]?.[2] ?? false,
    restrictedUntilMs: row[10]?.[3] ?? null,
    inferredSinceMs: row[10]?.[5] ?? null,
    probedAtMs: row[10]?.[4] ?? 0,
  }
}
