/** The state of an instance's connection, as zapfleet stores it. */
export const STATUSES = ['connected', 'connecting', 'disconnected', 'banned', 'unknown'] as const

export type Status = (typeof STATUSES)[number]

/** Reads the stored word. Programs of the seed wrote Evolution's `open`; any other foreign word is `unknown`. */
export function readStatus(word: string | null): Status {
  if (word === 'open') return 'connected'
  return (STATUSES as readonly (string | null)[]).includes(word) ? (word as Status) : 'unknown'
}
