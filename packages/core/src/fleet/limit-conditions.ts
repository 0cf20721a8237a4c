import { readInstant } from '../ground/read-moment.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import type { Fleet } from './fleet.ts'
import type { Conditions } from './read-conditions.ts'

/** The conditions as callers of these pools receive them: with the names and the messages of their pools alone. @throws FleetError DATABASE_UNAVAILABLE */
export async function limitConditions(
  fleet: Fleet,
  conditions: Conditions,
  pools: readonly string[],
): Promise<Conditions> {
  const { events, messages } = conditions
  const { message } = fleet.sql.prisma
  const [seen, at] = await Promise.all([
    namesInPools(fleet, pools, [...events.coveredNumbers, ...events.blindNumbers]),
    readInstant(fleet),
  ])
  const ours = { pool: { in: [...pools] } }
  const queued = { ...ours, state: 'queued' }
  const [queuedCount, sending, scheduled, oldest] = await Promise.all([
    message.count({ where: queued }),
    message.count({ where: { ...ours, state: 'sending' } }),
    message.count({ where: { ...ours, state: { in: ['queued', 'sending'] }, dueAt: { gt: at } } }),
    message.aggregate({ where: { ...queued, dueAt: { lte: at } }, _min: { dueAt: true } }),
  ])
  return {
    ...conditions,
    events: {
      ...events,
      coveredNumbers: events.coveredNumbers.filter((name) => seen.has(name)),
      blindNumbers: events.blindNumbers.filter((name) => seen.has(name)),
    },
    messages: {
      ...messages,
      queued: queuedCount,
      sending,
      scheduled,
      oldestAt: oldest._min.dueAt?.toISOString() ?? null,
    },
  }
}
