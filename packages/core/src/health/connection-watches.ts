/** Connections that are watched at the same time: each costs Evolution some 7 cheap calls a second. */
const AT_A_TIME = 10
/** How long a connection rests between the begins of two watches. */
const APART_MS = 20_000

/** The connections that one process watches. */
export type ConnectionWatches = {
  /** Whether no further connection can be watched now. */
  isFull(): boolean
  /** Notes that a watch of this connection begins; false: it is watched, or was a moment ago. */
  begin(name: string): boolean
  end(name: string): void
}

export function createConnectionWatches(): ConnectionWatches {
  const running = new Set<string>()
  const begunAtMs = new Map<string, number>()
  return {
    isFull: () => running.size >= AT_A_TIME,
    begin(name) {
      const nowMs = performance.now()
      for (const [one, atMs] of begunAtMs) if (nowMs - atMs >= APART_MS) begunAtMs.delete(one)
      if (running.has(name) || begunAtMs.has(name)) return false
      running.add(name)
      begunAtMs.set(name, nowMs)
      return true
    },
    end: (name) => void running.delete(name),
  }
}
