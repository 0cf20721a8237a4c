/** Limits and defaults of the settings of a number. */
export const INSTANCE_LIMITS = {
  /** Longest name, in characters. */
  nameMaxLength: 50,
  /** Names of new numbers, as a regular expression. */
  newNamePattern: '^[A-Za-z0-9_-]{1,50}$',
  /** Longest text that is read as a phone number, in characters. */
  phoneMaxLength: 40,
  /** Highest `hourlyCapacity` and `dailyCapacity`, in messages. */
  capacityMax: 1_000_000,
  /** Lowest `priority`. */
  priorityMin: 1,
  /** Highest `priority`. */
  priorityMax: 100,
  /** Longest `pauseReason`, in characters. */
  pauseReasonMaxLength: 200,
  /** Highest `minGapMs`: an hour. */
  minGapMsMax: 3_600_000,
  /** Fewest `days` of a ramp. */
  rampDaysMin: 2,
  /** Most `days` of a ramp. */
  rampDaysMax: 365,
  /** Most spans of `hours`. */
  hoursMax: 28,
  /** Most characters of a tag. */
  tagMaxLength: 50,
  /** A tag, as a regular expression with the flag `u`: without commas, control characters, and blanks around it. */
  tagPattern: '^(?!\\s)[^\\p{C}\\p{Zl}\\p{Zp},]{1,50}(?<!\\s)$',
  /** Most tags of a number. */
  tagsMax: 20,
  /** `hourlyCapacity` of a number that is created without it. */
  hourlyCapacityDefault: 20,
  /** `dailyCapacity` of a number that is created without it. */
  dailyCapacityDefault: 100,
  /** `priority` of a number that is created without it. */
  priorityDefault: 1,
} as const
