import type { Conditions } from '../api/open-client.ts'

/** A server beside the default one, as `fleet.conditions` has it. */
export type OtherServer = Conditions['servers'][number]

/** The servers beside the default one. */
export const othersOf = (conditions: Conditions): readonly OtherServer[] => conditions.servers

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
