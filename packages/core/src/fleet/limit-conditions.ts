import { readInstant } from '../ground/read-moment.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import { serverOf } from '../server/server-names.ts'
import type { Fleet } from './fleet.ts'
import type { Conditions } from './read-conditions.ts'

/** The conditions as callers of these pools receive them: with the names, the servers and the messages of their pools alone. @throws FleetError DATABASE_UNAVAILABLE */
export async function limitConditions(
  fleet: Fleet,
  conditions: Conditions,
  pools: readonly string[],
): Promise<Conditions> {
  const { events, messages, servers } = conditions
  const { message } = fleet.sql.prisma
  const [seen, at, used] = await Promise.all([
    namesInPools(fleet, pools, [...events.coveredNumbers, ...events.blindNumbers]),
    readInstant(fleet),
    servers.length === 0 ? new Set() : serversInPools(fleet, pools),
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
    servers: servers.filter(({ name }) => used.has(name)),
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

/** The names of the servers that have a number of the pools. One that a number moves to is not among them before it serves. */
async function serversInPools(
  { sql }: Pick<Fleet, 'sql'>,
  pools: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await sql.prisma.instance.findMany({
    where: { tags: { hasSome: [...pools] }, removedAt: null },
    select: { server: true },
    distinct: ['server'],
  })
  return new Set(rows.map(({ server }) => serverOf(server)))
}
