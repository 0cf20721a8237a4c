import type { Conditions } from '../api/open-client.ts'

/** A server beside the default one, as `fleet.conditions` has it. */
export type OtherServer = { name: string; reachable: boolean; problem: string | null }

/** An older API lists no servers. */
type WithServers = Conditions & { servers?: readonly OtherServer[] }

/** The servers beside the default one; undefined: the API does not list them. */
export function othersOf(conditions: WithServers): readonly OtherServer[] | undefined {
  return conditions.servers
}

/** What is wrong with servers, as the page distinguishes it. */
export const TROUBLES = ['away', 'unlicensed', 'databaseAway', 'unusable'] as const

export type Trouble = (typeof TROUBLES)[number]

/** What is wrong with a server; null: it can be used. */
export function troubleOf({ reachable, problem }: OtherServer): Trouble | null {
  if (problem === 'unlicensed') return 'unlicensed'
  if (problem === 'database_away') return 'databaseAway'
  if (problem !== null && problem !== 'unreachable') return 'unusable'
  return reachable ? null : 'away'
}
