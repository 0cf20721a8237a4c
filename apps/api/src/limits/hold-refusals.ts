/** How long a refusal waits. A client on 64 connections then gets some 250 a second, instead of all that the process can make. */
const HOLD_MS = 250
/** Refusals that wait at once. More are made without waiting: each holds a request in memory. */
const MOST_HELD = 1_000

/** Makes refusals later that would take the time of other calls. */
export type HoldRefusals = (refuse: () => void) => void

/**
 * Calls `refuse` after 250 ms, and at once while 1,000 others wait. A client that sends its next call when the last one is answered then takes no
 * noticeable part of the process.
 */
export function holdRefusals(): HoldRefusals {
  let held = 0
  return (refuse) => {
    if (held >= MOST_HELD) return refuse()
    held++
    setTimeout(() => {
      held--
      refuse()
    }, HOLD_MS)
  }
}
