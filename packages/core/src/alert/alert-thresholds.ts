const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Limits of the rules, each with its reason. Times are in milliseconds. */
export const ALERT_THRESHOLDS = {
  /** A phone that changes its network, or a restart of Evolution, takes a minute. */
  numberDownMs: 2 * MINUTE_MS,
  /** Twice the grace in which health stores no fall of many at once. */
  allDownMs: MINUTE_MS,
  /** Evolution refuses single calls while it restarts; with the evaluations each 5 s, and timeouts, it is reported within a minute. */
  evolutionMs: 20 * SECOND_MS,
  /** Sends in a row that failed: this many are no chance. */
  failedSends: 6,
  /** The share of the day's capacity: what is left is a fifth, so that a person can still act. */
  dayShare: 0.8,
  /** Bans within this time have one cause. */
  waveMs: 10 * MINUTE_MS,
  waveBans: 3,
  /** Messages without any event: a busy phone network delays events by some minutes. */
  blindMs: 15 * MINUTE_MS,
  blindMessages: 3,
  /** Numbers without an event for longer have no events by intention. */
  coveredForMs: 7 * 24 * HOUR_MS,
  /** A takeover takes 15 s; a container that starts again, a minute. */
  pollingMs: 2 * MINUTE_MS,
  /** As many missed rounds as make `polling.alive` false. */
  pollingRounds: 3,
  /** A scheduler that begins to lead needs some seconds until its first round is stored. */
  firstRoundMs: 30 * SECOND_MS,
  /** A sender that is deployed anew is away for a minute or two. */
  messagesWaitMs: 5 * MINUTE_MS,
  /** Receivers restart; the retries of an hour do no harm. */
  receiverMs: HOUR_MS,
  /** An alert closes when its subject reads well for so long: until then a further fall continues it. */
  closeMs: 5 * MINUTE_MS,
  /** An alert that another explained is reported when it remains for so long after the end of the other. */
  explainedMs: 2 * MINUTE_MS,
} as const

/** Whether so little of the day's capacity is left that a person should act. @param day messages of the connected instances */
export function isDayNearlyFull(day: { capacity: number; used: number }): boolean {
  return day.capacity > 0 && day.used > day.capacity * ALERT_THRESHOLDS.dayShare
}
