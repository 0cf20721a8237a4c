import type { Instance } from '../api/open-client.ts'

/** The server of EVOLUTION_API_URL, which always exists. */
export const DEFAULT_SERVER = 'default'

type Placed = Pick<Instance, 'server' | 'movingTo'>

/** Whether a number is on a server, or moves to it. */
export function isOfServer({ server, movingTo }: Placed, name: string): boolean {
  return server === name || movingTo === name
}

/** The servers of these numbers and `others`, each with how many numbers it has or receives. The default one is first. */
export function countServers(
  instances: readonly Placed[],
  others: readonly string[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(others.map((name) => [name, 0]))
  for (const { server, movingTo } of instances)
    for (const name of new Set([server, movingTo ?? server])) counts.set(name, (counts.get(name) ?? 0) + 1)
  const first = counts.get(DEFAULT_SERVER) ?? 0
  counts.delete(DEFAULT_SERVER)
  return new Map([[DEFAULT_SERVER, first], ...[...counts].toSorted(([a], [b]) => a.localeCompare(b))])
}
