import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { pauseWords, statusReasonWords, statusWord } from '../words.ts'

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
  const { name, statusReason } = instance
  const status = statusWord(instance.status)
  if (type === 'created') return t`${name} is made`
  if (type === 'deleted') return t`${name} is deleted`
  if (type === 'settings')
    return [t`${name}: settings changed`, pauseWords(instance)].filter(Boolean).join(', ')
  const before = view.get(name)?.status
  const from = before === undefined ? undefined : statusWord(before)
  const why = statusReason === null ? '' : ` (${statusReasonWords(statusReason)})`
  return from === undefined || from === status
    ? t`${name} is ${status}${why}`
    : `${name}: ${from} > ${status}${why}`
}
