import type { Reason } from '../ground/fleet-error.ts'
import type { Moment } from '../ground/moment.ts'
import { adviceFor, type NextStep, readStatusReason, type StatusReason } from './action.ts'
import { load, unavailableReason } from './availability.ts'
import { COLUMNS } from './columns.ts'
import type { Row } from './row.ts'
import { readStatus, type Status } from './status.ts'

/** One WhatsApp number as callers see it. Instants are ISO 8601 in UTC; counters are those of the present windows. */
export type Instance = {
  name: string
  /** E.164, or any text that an adopted row holds. */
  phoneNumber: string | null
  status: Status
  /** Why it has this status; null where the status says it, or another program wrote the reason. */
  statusReason: StatusReason | null
  statusSince: string | null
  checkedAt: string | null
  /** What an operator should do, as a sentence; null when nothing. */
  action: string | null
  /** The first act of `action`, as a code; null when nothing, or when no call of zapfleet is that act. */
  nextStep: NextStep | null
  paused: boolean
  /** The reason that was given for the pause; null for none, and where it is not paused. */
  pauseReason: string | null
  /** Messages per clock hour and per local day. */
  hourlyCapacity: number
  dailyCapacity: number
  sentThisHour: number
  sentToday: number
  /** 1-100, higher is preferred. */
  priority: number
  lastSentAt: string | null
  /** The instance that serves the same phone, so that this one does not; null for none. */
  duplicateOf: string | null
  available: boolean
  unavailableReason: Reason | null
  /** sentToday / dailyCapacity × 100, one decimal; a capacity of 0 counts as 100. */
  loadPercent: number
  createdAt: string | null
}

/**
 * Reads a row at a moment: a counter of an older window is zero, null is the default of its column. `counters-sql.ts` has the
 * same rules in SQL.
 */
export function toInstance(row: Row, moment: Moment): Instance {
  // Fields of a row are getters: each is read once.
  const { paused, duplicateOf } = row
  const status = readStatus(row.status)
  const statusReason = readStatusReason(row.statusReason)
  const hourlyCapacity = row.hourlyCapacity ?? COLUMNS.hourlyCapacity.nullAs
  const dailyCapacity = row.dailyCapacity ?? COLUMNS.dailyCapacity.nullAs
  const sentThisHour =
    row.hourWindow >= moment.hourStart ? (row.sentThisHour ?? COLUMNS.sentThisHour.nullAs) : 0
  const sentToday = row.dayWindow >= moment.dayStart ? (row.sentToday ?? COLUMNS.sentToday.nullAs) : 0
  const reason = unavailableReason({
    status,
    paused,
    isDuplicate: duplicateOf !== null,
    hourlyCapacity,
    dailyCapacity,
    sentThisHour,
    sentToday,
  })
  return {
    name: row.name,
    phoneNumber: row.phoneNumber,
    status,
    statusReason,
    statusSince: row.statusSince?.toISOString() ?? null,
    checkedAt: checkedAt(row, moment)?.toISOString() ?? null,
    ...adviceFor(status, statusReason, paused, duplicateOf),
    paused,
    pauseReason: paused ? row.pauseReason : null,
    hourlyCapacity,
    dailyCapacity,
    sentThisHour,
    sentToday,
    priority: readPriority(row.priority),
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    duplicateOf,
    available: reason === null,
    unavailableReason: reason,
    loadPercent: Math.round(load(sentToday, dailyCapacity) * 1000) / 10,
    createdAt: row.createdAt?.toISOString() ?? null,
  }
}

/** The stored priority, 1 by default. Another program may have written any number: one outside 1 to 100 reads as the nearest. */
export function readPriority(stored: number | null): number {
  return Math.min(100, Math.max(1, stored ?? COLUMNS.priority.nullAs))
}

/** A round in which nothing changed writes no instance: an instance that answered was checked when the round started. */
export function checkedAt(row: Pick<Row, 'checkedAt' | 'silentRounds'>, moment: Moment): Date | null {
  const { lastRoundAt } = moment
  const stored = row.checkedAt
  if (lastRoundAt === null || stored === null || row.silentRounds > 0 || lastRoundAt < stored) return stored
  return lastRoundAt
}
