import type { Instance } from '../api/open-client.ts'

/** A change that the stream told: the instance as it is now, or, with null, that it is gone. */
export type Change = { name: string; instance: Instance | null }

type StreamEvent =
  | { type: 'counters'; instances: readonly Instance[] }
  | { type: 'created' | 'status' | 'settings' | 'deleted'; instance: Instance }

/** Reads an event of `instance.onChange`; stored ones come with their id around them. */
export function changesOf(event: StreamEvent | { id: string; data: StreamEvent }): Change[] {
  const told = 'data' in event ? event.data : event
  if (told.type === 'counters') return told.instances.map((instance) => ({ name: instance.name, instance }))
  return [{ name: told.instance.name, instance: told.type === 'deleted' ? null : told.instance }]
}

/** The list after changes, by name as the API has it. An event does not say when the number was checked: what is known stays. */
export function withChanges(list: readonly Instance[], changes: readonly Change[]): Instance[] {
  if (changes.length === 0) return [...list]
  const byName = new Map(list.map((instance) => [instance.name, instance]))
  for (const { name, instance } of changes) {
    if (instance === null) byName.delete(name)
    else
      byName.set(name, { ...instance, checkedAt: instance.checkedAt ?? byName.get(name)?.checkedAt ?? null })
  }
  return [...byName.values()].sort((one, other) =>
    one.name < other.name ? -1 : one.name > other.name ? 1 : 0,
  )
}
