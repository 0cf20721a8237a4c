/** Whether the queue may be worked on: closed after a message that no number could take. Times in milliseconds of one monotonic clock. */
export type CapacityGate = {
  /** How many lanes may be taken now, of `free` places: 0 while it is closed, a few after it opened, all after a message went out. */
  room(free: number, nowMs: number): number
  /** Many messages in a row wait for reasons of their own: others may be behind them. */
  isCrowded(): boolean
  /** How long it is closed; 0 when it is open. */
  closedForMs(nowMs: number): number
  /** No number can send any message for so long. */
  close(forMs: number, nowMs: number): void
  /** Something changed: it opens, for a few lanes at first. */
  open(): void
  /** A message found a number. */
  pass(): void
  /** A message has to wait for a reason of its own. After 64 of them in a row the next ones are taken a quarter of a second later. */
  postpone(nowMs: number): void
}

/** So many messages try whether there is capacity again. */
const FIRST_LANES = 8
/** Messages that wait for reasons of their own are tried at most 256 times a second, so that a long queue of them costs little. */
const POSTPONED_LANES = 64
const POSTPONED_PAUSE_MS = 250

export function capacityGate(): CapacityGate {
  let closedUntilMs = Number.NEGATIVE_INFINITY
  let isProven = false
  let postponed = 0
  return {
    room(free, nowMs) {
      if (nowMs < closedUntilMs) return 0
      return isProven ? free : Math.min(free, FIRST_LANES)
    },
    isCrowded: () => postponed >= POSTPONED_LANES,
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
      postponed = 0
    },
    postpone(nowMs) {
      // The fleet has room for others, as far as is known.
      isProven = true
      postponed++
      if (postponed % POSTPONED_LANES === 0)
        closedUntilMs = Math.max(closedUntilMs, nowMs + POSTPONED_PAUSE_MS)
    },
  }
}
