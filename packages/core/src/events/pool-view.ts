import { instanceInPools, isInPools } from '../instance/in-pools.ts'
import type { Instance } from '../instance/instance.ts'
import type { FleetEvent, InstanceEvent } from './event.ts'

/** What a subscriber receives of an event of the fleet. `lastId`: the newest event before it that the subscriber has passed. */
export type EventView = (event: FleetEvent, lastId: string) => FleetEvent[]

/** The view of a subscriber of the whole fleet. */
export const wholeView: EventView = (event) => [event]

/**
 * The view of a subscriber of these pools. An instance that joins them is `created` for it, one that leaves them `deleted`, whatever else
 * happened to it. Another program that changes tags in the table stores no event: then the counters show it, and the event that the
 * subscriber receives has `lastId`.
 *
 * @param present the names of the instances that it has before the first event
 */
export function poolView(pools: readonly string[], present: Iterable<string>): EventView {
  const shown = new Set(present)
  const isShown = (name: string): boolean => shown.has(name)

  const see = (event: InstanceEvent): InstanceEvent[] => {
    const { name, tags } = event.instance
    const wasShown = shown.has(name)
    const isIn = event.type !== 'deleted' && isInPools(tags, pools)
    if (!isIn && !wasShown) return []
    if (isIn) shown.add(name)
    else shown.delete(name)
    const instance = instanceInPools(event.instance, pools, isShown)
    if (isIn) return [{ ...event, type: wasShown ? event.type : 'created', instance }]
    if (event.type === 'deleted') return [{ ...event, instance }]
    // It may have received these together with the tags of another pool.
    return [{ ...event, type: 'deleted', instance: { ...instance, phoneNumber: null, pauseReason: null } }]
  }

  return (event, lastId) => {
    if (event.type !== 'counters') return see(event)
    const moved: FleetEvent[] = []
    const instances: Instance[] = []
    for (const instance of event.instances) {
      const isIn = isInPools(instance.tags, pools)
      if (isIn !== shown.has(instance.name)) moved.push(...see({ id: lastId, type: 'settings', instance }))
      else if (isIn) instances.push(instanceInPools(instance, pools, isShown))
    }
    return instances.length === 0 ? moved : [...moved, { type: 'counters', instances }]
  }
}
