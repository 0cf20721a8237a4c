import { readHours } from '../instance/hours.ts'
import { readPriority } from '../instance/instance.ts'
import { readStatus } from '../instance/status.ts'
import type { CandidateReading } from '../selection/pool.ts'
import { serverOf } from '../server/server-names.ts'

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
        inferredSinceMs: number | null,
        newContactsPerHour: number | null,
        newContactsPerDay: number | null,
        newContactsThisHour: number,
        newContactsToday: number,
        minGapMs: number,
        isOutsideHours: boolean,
        hours: unknown,
      ]
    | null,
  /** Null where they were not read. */
  tags?: readonly string[] | null,
  /** As it is stored; absent where it was not read. */
  server?: string | null,
]

/** Reads a row of SQL for the pool. */
export function readSeat(row: SeatRow, timeZone: string): CandidateReading {
  const restraints = row[10]
  return {
    name: row[0],
    tags: row[11] ?? null,
    server: row[12] === undefined ? null : serverOf(row[12]),
    status: readStatus(row[1]),
    paused: row[2],
    hourlyCapacity: row[3],
    dailyCapacity: row[4],
    sentThisHour: row[5],
    sentToday: row[6],
    priority: readPriority(row[7]),
    lastSentAtMs: row[8] ?? 0,
    isDuplicate: row[9],
    isFailing: restraints?.[0] ?? false,
    isRestricted: restraints?.[1] ?? false,
    isDraining: restraints?.[2] ?? false,
    restrictedUntilMs: restraints?.[3] ?? null,
    probedAtMs: restraints?.[4] ?? 0,
    inferredSinceMs: restraints?.[5] ?? null,
    newContactsPerHour: restraints?.[6] ?? null,
    newContactsPerDay: restraints?.[7] ?? null,
    newContactsThisHour: restraints?.[8] ?? 0,
    newContactsToday: restraints?.[9] ?? 0,
    minGapMs: restraints?.[10] ?? 0,
    isOutsideHours: restraints?.[11] ?? false,
    hasHours: (restraints?.[12] ?? null) !== null,
    open: restraints ? readHours(restraints[12], timeZone) : null,
  }
}
