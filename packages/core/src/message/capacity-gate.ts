/** Whether the queue may be worked on: closed after a message that no number could take. Times in milliseconds of one monotonic clock. */
export type CapacityGate = {
  /** How many lanes may be taken now, of `free` places: 0 while it is closed, a few after it opened, all after a message went out. */
  room(free: number, nowMs: number): number
  /** How long it is closed; 0 when it is open. */
  closedForMs(nowMs: number): number
  /** No number can send any message for so long. */
  close(forMs: number, nowMs: number): void
  /** Something changed: it opens, for a few lanes at first. */
  open(): void
  /** A message found a number. */
  pass(): void
}

/** So many messages try whether there is capacity again. */
const FIRST_LANES = 8

export function capacityGate(): CapacityGate {
  let closedUntilMs = Number.NEGATIVE_INFINITY
  let isProven = false
  return {
    room(free, nowMs) {
      if (nowMs < closedUntilMs) return 0
      return isProven ? free : Math.min(free, FIRST_LANES)
    },
    closedForMs: (nowMs) => Math.max(0, closedUntilMs - nowMs),
    close(forMs, nowMs) {
      isProven = false
      closedUntilMs = Math.max(closedUntilMs, nowMs + forMs)
    },
    open() {
      closedUntilMs = Number.NEGATIVE_INFINITY
    },
    pass() {
      isProven = true
    },
  }
}
