import { dailyLimit, needsAttention } from '@zapfleet/words'
import type { Instance, Status } from '../api/open-client.ts'
import { shareOf } from '../design/meter.tsx'

/** The orders of a list. */
export const SORTS = ['attention', 'name', 'hour', 'day', 'priority', 'lastSent', 'contacts'] as const

export type Sort = (typeof SORTS)[number]

/** `descending` reverses the natural direction of a sort. */
export type Order = { by: Sort; descending: boolean }

/** The filter of the list: a status, the paused numbers, those that need a person, or all. */
export const FILTERS = [
  'all',
  'attention',
  'connected',
  'connecting',
  'disconnected',
  'banned',
  'unknown',
  'paused',
] as const satisfies readonly (Status | 'paused' | 'attention' | 'all')[]

export type Filter = (typeof FILTERS)[number]

const SEVERITY: Record<Status, number> = {
  banned: 0,
  disconnected: 1,
  unknown: 2,
  connecting: 3,
  connected: 4,
}

type Contacts = ReadonlyMap<string, number>

/** The numbers that match a filter and a search, in order, equal ones by name, so that rows keep their places. */
export function arrange(
  instances: readonly Instance[],
  how: { filter: Filter; search: string; order: Order; contacts: Contacts },
): Instance[] {
  const wanted = how.search.trim().toLowerCase()
  const digits = wanted.replace(/[\s()+-]/g, '')
  const found = instances.filter(
    (one) =>
      passes(one, how.filter) &&
      (wanted === '' ||
        one.name.toLowerCase().includes(wanted) ||
        (/^\d+$/.test(digits) && one.phoneNumber?.includes(digits))),
  )
  const compare = COMPARE[how.order.by](how.contacts)
  const sign = how.order.descending ? -1 : 1
  return found.sort((one, other) => sign * compare(one, other) || byName(one, other))
}

function passes(one: Instance, filter: Filter): boolean {
  if (filter === 'all') return true
  if (filter === 'paused') return one.paused
  return filter === 'attention' ? needsAttention(one) : one.status === filter
}

type Compare = (one: Instance, other: Instance) => number

const COMPARE: Record<Sort, (contacts: Contacts) => Compare> = {
  attention: () => (one, other) =>
    Number(needsAttention(other)) - Number(needsAttention(one)) ||
    SEVERITY[one.status] - SEVERITY[other.status],
  name: () => byName,
  hour: () => (one, other) => share(one, 'hour') - share(other, 'hour'),
  day: () => (one, other) => share(one, 'day') - share(other, 'day'),
  priority: () => (one, other) => one.priority - other.priority,
  lastSent: () => (one, other) => (one.lastSentAt ?? '').localeCompare(other.lastSentAt ?? ''),
  contacts: (contacts) => (one, other) => (contacts.get(one.name) ?? 0) - (contacts.get(other.name) ?? 0),
}

/** vendas-2 before vendas-10. */
const names = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' })

function byName(one: Instance, other: Instance): number {
  return names.compare(one.name, other.name)
}

function share(one: Instance, window: 'hour' | 'day'): number {
  return window === 'hour'
    ? shareOf(one.sentThisHour, one.hourlyCapacity)
    : shareOf(one.sentToday, dailyLimit(one))
}
