/**
 * So many numbers that fall by hints within so short a time may be Evolution's restart: a full round, which reads all of
 * them, decides.
 */
const CROWD = 5
const CROWD_WITHIN_MS = 5_000

/** Instances of one server that fall at about the same time. */
export type Crowd = { join(name: string): void; isCrowded(): boolean }

export function createCrowd(): Crowd {
  const fellAtMs = new Map<string, number>()
  return {
    join: (name) => void fellAtMs.set(name, performance.now()),
    isCrowded() {
      for (const [name, atMs] of fellAtMs)
        if (performance.now() - atMs > CROWD_WITHIN_MS) fellAtMs.delete(name)
      return fellAtMs.size >= CROWD
    },
  }
}
