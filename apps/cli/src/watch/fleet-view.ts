import type { Instance } from '../connection/open-client.ts'
import { pauseWords } from '../words.ts'

type Stored = { type: 'created' | 'status' | 'settings' | 'deleted'; instance: Instance }
type Counters = { type: 'counters'; instances: readonly Instance[] }

/** One event of `instance.onChange`, without its id. */
export type FleetEvent = Stored | Counters

/** The numbers as they are known here, by name. */
export type FleetView = ReadonlyMap<string, Instance>

/** The view of a fresh list. */
export function viewOf(instances: readonly Instance[]): FleetView {
  return new Map(instances.map((one) => [one.name, one]))
}

/** The view after an event. An event does not know when a number was last looked at; that stays as it was. */
export function withEvent(view: FleetView, event: FleetEvent): FleetView {
  const next = new Map(view)
  const put = (instance: Instance) =>
    next.set(instance.name, {
      ...instance,
      checkedAt: instance.checkedAt ?? view.get(instance.name)?.checkedAt ?? null,
    })
  if (event.type === 'counters') for (const one of event.instances) put(one)
  else if (event.type === 'deleted') next.delete(event.instance.name)
  else put(event.instance)
  return next
}

/** The numbers by name, as lists show them. */
export function sorted(view: FleetView): Instance[] {
  return [...view.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** An event as one line for a log; null for counters, which would be a line a second. */
export function eventWords(view: FleetView, event: FleetEvent): string | null {
  if (event.type === 'counters') return null
  const { type, instance } = event
  const { name, status, statusReason } = instance
  if (type === 'created') return `${name} is made`
  if (type === 'deleted') return `${name} is deleted`
  if (type === 'settings')
    return [`${name}: settings changed`, pauseWords(instance)].filter(Boolean).join(', ')
  const from = view.get(name)?.status
  const why = statusReason === null ? '' : ` (${statusReason.toLowerCase().replaceAll('_', ' ')})`
  return from === undefined || from === status
    ? `${name} is ${status}${why}`
    : `${name}: ${from} > ${status}${why}`
}
