/** How a fault went. */
export type Verdict = {
  fault: string
  words: string
  outcome: 'held' | 'VIOLATED' | 'skipped'
  /** From the end of the trouble until everybody was served and every status was right; null: never, or skipped. */
  recoveredInMs: number | null
  /** What was broken, in words; why it was skipped. */
  broken: readonly string[]
  note: string
  /** By how much bounds in time were stretched, the machine being busy; 1: not at all. */
  stretched: number
}
