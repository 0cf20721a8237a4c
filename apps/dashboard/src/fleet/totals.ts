import { dailyLimit, needsAttention } from '@zapfleet/words'
import type { Instance, Status } from '../api/open-client.ts'
import { reasonAt, takesNewContacts } from '../number/budget.ts'
import { sendsOf } from './next-step.ts'

/** A window of the fleet: the capacity of its connected numbers and what they sent. */
export type Window = { capacity: number; sent: number; remaining: number; usedPercent: number }

/** New contacts of the present day, of connected numbers that take new contacts. */
export type NewContacts = {
  perDay: number
  sentToday: number
  /** What is left of the limits, and not more than is left of the messages. */
  remainingToday: number
  /** Numbers without a daily limit for new contacts. */
  unlimited: number
}

export type Totals = {
  total: number
  byStatus: Record<Status, number>
  paused: number
  /** Numbers that need a person. */
  attention: number
  /** Numbers that can send now. */
  available: number
  /** The reasons of the others with their counts, the most frequent first. */
  unavailable: [NonNullable<Instance['unavailableReason']>, number][]
  hour: Window
  day: Window
  newContacts: NewContacts
}

/** The fleet in figures, as `fleet.stats` counts it: capacities are those of connected numbers. */
export function totalsOf(instances: readonly Instance[], nowMs: number): Totals {
  const totals: Totals = {
    total: instances.length,
    byStatus: { connected: 0, connecting: 0, disconnected: 0, banned: 0, unknown: 0 },
    paused: 0,
    attention: 0,
    available: 0,
    unavailable: [],
    hour: { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 },
    day: { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 },
    newContacts: { perDay: 0, sentToday: 0, remainingToday: 0, unlimited: 0 },
  }
  const reasons = new Map<NonNullable<Instance['unavailableReason']>, number>()
  for (const one of instances) {
    const reason = reasonAt(one, nowMs)
    if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    totals.byStatus[one.status]++
    if (one.paused) totals.paused++
    if (needsAttention(one)) totals.attention++
    if (one.available || (reason === null && one.unavailableReason === 'PACING')) totals.available++
    if (one.status !== 'connected') continue
    add(totals.hour, one.sentThisHour, one.hourlyCapacity)
    add(totals.day, one.sentToday, dailyLimit(one))
    if (sendsOf(one) && takesNewContacts(one)) addNew(totals.newContacts, one)
  }
  totals.hour.usedPercent = usedPercent(totals.hour)
  totals.day.usedPercent = usedPercent(totals.day)
  totals.unavailable = [...reasons].sort(([, one], [, other]) => other - one)
  return totals
}

/** The used share of the capacity, as `fleet.stats` counts it (`fleet-stats.test.ts`). */
function usedPercent({ capacity, remaining }: Window): number {
  const used = capacity - remaining
  return used <= 0 ? 0 : Math.max(0.1, Math.floor((used / capacity) * 1000) / 10)
}

function add(window: Window, sent: number, capacity: number): void {
  window.capacity += capacity
  window.sent += sent
  window.remaining += Math.max(0, capacity - sent)
}

function addNew(sum: NewContacts, one: Instance): void {
  const { newContactsPerDay: perDay, newContactsToday: today } = one
  if (perDay === null) {
    sum.unlimited++
    return
  }
  sum.perDay += perDay
  sum.sentToday += today
  sum.remainingToday += Math.max(0, Math.min(perDay - today, dailyLimit(one) - one.sentToday))
}
