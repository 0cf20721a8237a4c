import { instanceInPools, isInPools } from '../instance/in-pools.ts'
import type { FleetEvent, InstanceEvent } from './event.ts'

/** What a subscriber of some pools receives of an event of the fleet; null: nothing. */
export type PoolView = (event: FleetEvent) => FleetEvent | null

/**
 * The view of a subscriber of these pools. An instance that joins them is `created` for it, one that leaves them `deleted`, whatever else
 * happened to it.
 *
 * @param present the names of the instances that it has before the first event
 */
export function poolView(pools: readonly string[], present: Iterable<string>): PoolView {
  const shown = new Set(present)
  const isShown = (name: string): boolean => shown.has(name)

  const see = (event: InstanceEvent): InstanceEvent | null => {
    const { name, tags } = event.instance
    const wasShown = shown.has(name)
    const isIn = event.type !== 'deleted' && isInPools(tags, pools)
    if (!isIn && !wasShown) return null
    if (isIn) shown.add(name)
    else shown.delete(name)
    const instance = instanceInPools(event.instance, pools, isShown)
    if (isIn) return { ...event, type: wasShown ? event.type : 'created', instance }
    if (event.type === 'deleted') return { ...event, instance }
    // It may have received these together with the tags of another pool.
    return { ...event, type: 'deleted', instance: { ...instance, phoneNumber: null, pauseReason: null } }
  }

  return (event) => {
    if (event.type !== 'counters') return see(event)
    const instances = event.instances
      .filter(({ name, tags }) => shown.has(name) && isInPools(tags, pools))
      .map((instance) => instanceInPools(instance, pools, isShown))
    return instances.length === 0 ? null : { type: 'counters', instances }
  }
}
