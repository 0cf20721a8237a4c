import { dailyLimit, needsAttention } from '@zapfleet/words'
import type { Instance } from './connection/open-client.ts'

/** The orders of `instances list`; those of the page. */
export const SORTS = ['attention', 'name', 'hour', 'day', 'priority', 'last-sent'] as const

export type Sort = (typeof SORTS)[number]

const SEVERITY: Record<Instance['status'], number> = {
  banned: 0,
  disconnected: 1,
  unknown: 2,
  connecting: 3,
  connected: 4,
}

const COMPARE: Record<Sort, (one: Instance, other: Instance) => number> = {
  attention: (one, other) =>
    Number(needsAttention(other)) - Number(needsAttention(one)) ||
    SEVERITY[one.status] - SEVERITY[other.status],
  name: () => 0,
  hour: (one, other) =>
    share(one.sentThisHour, one.hourlyCapacity) - share(other.sentThisHour, other.hourlyCapacity),
  day: (one, other) => share(one.sentToday, dailyLimit(one)) - share(other.sentToday, dailyLimit(other)),
  priority: (one, other) => one.priority - other.priority,
  'last-sent': (one, other) => (one.lastSentAt ?? '').localeCompare(other.lastSentAt ?? ''),
}

/** vendas-2 before vendas-10. */
const names = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' })

/** The numbers in order, equal ones by name. */
export function arranged(instances: readonly Instance[], by: Sort, reverse = false): Instance[] {
  const sign = reverse ? -1 : 1
  return instances.toSorted(
    (one, other) =>
      sign * COMPARE[by](one, other) || (by === 'name' ? sign : 1) * names.compare(one.name, other.name),
  )
}

function share(sent: number, capacity: number): number {
  return capacity > 0 ? Math.min(1, sent / capacity) : 1
}
