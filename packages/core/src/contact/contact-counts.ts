import { type SharedFor, shareFor } from '../ground/share-for.ts'

/** How many contacts each number has. Numbers without any are left out. */
export type ContactCounts = {
  /** When they were counted, ISO 8601 in UTC. */
  countedAt: string
  counts: { name: string; contacts: number }[]
}

/** Counting reads both tables of contacts completely, some 100 ms for 100,000; calls within this time share one count. */
const SHARED_FOR_MS = 15_000

export function createContactCounts(): SharedFor<ContactCounts> {
  return shareFor(SHARED_FOR_MS)
}
