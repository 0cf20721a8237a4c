import type { Reason } from '../ground/fleet-error.ts'
import type { Instance as InstanceRow } from '../ground/generated/client.ts'
import type { Moment } from '../ground/moment.ts'
import { adviceFor, type NextStep, readStatusReason, type StatusReason } from './action.ts'
import { load, unavailableReason } from './availability.ts'
import { readStatus, type Status } from './status.ts'

/** One WhatsApp number as callers see it. Instants are ISO 8601 in UTC; counters are those of the present windows. */
export type Instance = {
  name: string
  /** E.164, or whatever an adopted row holds. */
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
  /** Why it is paused, in the words of who did it; null where nobody said, and where it is not paused. */
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

const CAPACITY_PER_HOUR = 20
const CAPACITY_PER_DAY = 100

/** The columns of a row that callers see something of. */
export type ShownRow = Pick<
  InstanceRow,
  | 'name'
  | 'phoneNumber'
  | 'status'
  | 'statusReason'
  | 'statusSince'
  | 'checkedAt'
  | 'silentRounds'
  | 'paused'
  | 'pauseReason'
  | 'duplicateOf'
  | 'hourlyCapacity'
  | 'dailyCapacity'
  | 'sentThisHour'
  | 'sentToday'
  | 'hourWindow'
  | 'dayWindow'
  | 'priority'
  | 'lastSentAt'
  | 'createdAt'
>

/** Reads a row at a moment: counters of older windows are zero, missing values are the columns' defaults. */
export function toInstance(row: ShownRow, moment: Moment): Instance {
  const status = readStatus(row.status)
  const statusReason = readStatusReason(row.statusReason)
  const hourlyCapacity = row.hourlyCapacity ?? CAPACITY_PER_HOUR
  const dailyCapacity = row.dailyCapacity ?? CAPACITY_PER_DAY
  const sentThisHour = row.hourWindow >= moment.hourStart ? (row.sentThisHour ?? 0) : 0
  const sentToday = row.dayWindow >= moment.dayStart ? (row.sentToday ?? 0) : 0
  const reason = unavailableReason({
    status,
    paused: row.paused,
    isDuplicate: row.duplicateOf !== null,
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
    ...adviceFor(status, statusReason, row.paused, row.duplicateOf),
    paused: row.paused,
    pauseReason: row.paused ? row.pauseReason : null,
    hourlyCapacity,
    dailyCapacity,
    sentThisHour,
    sentToday,
    priority: Math.min(100, Math.max(1, row.priority ?? 1)),
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    duplicateOf: row.duplicateOf,
    available: reason === null,
    unavailableReason: reason,
    loadPercent: Math.round(load(sentToday, dailyCapacity) * 1000) / 10,
    createdAt: row.createdAt?.toISOString() ?? null,
  }
}

/** A round in which nothing changed writes no instance: who answered in it was checked when it started. */
export function checkedAt(row: Pick<InstanceRow, 'checkedAt' | 'silentRounds'>, moment: Moment): Date | null {
  const { lastRoundAt } = moment
  if (lastRoundAt === null || row.silentRounds > 0 || row.checkedAt === null) return row.checkedAt
  return new Date(Math.max(lastRoundAt.getTime(), row.checkedAt.getTime()))
}
