/** A number of the site and its limits. */
export type ChaosNumber = {
  name: string
  hourly: number
  daily: number
  /** New contacts in a day. */
  newContacts?: number
  /** Milliseconds between two messages. */
  minGapMs?: number
}

const ENDLESS = 1_000_000

/** It always has room, so a refusal of a caller that may use it is false while it is connected. */
export const SPARE = 'spare'
/** For sends that are recorded without a reservation; those count even above a limit, so its limits are not checked. */
export const RECORDED = 'recorded'
/** Full soon: callers compete for released reservations. */
export const TIGHT: readonly ChaosNumber[] = [
  { name: 'tight-hour', hourly: 60, daily: ENDLESS },
  { name: 'tight-day', hourly: ENDLESS, daily: 90 },
  { name: 'tight-new', hourly: ENDLESS, daily: ENDLESS, newContacts: 40 },
  { name: 'tight-gap', hourly: ENDLESS, daily: ENDLESS, minGapMs: 300 },
]

export const NUMBERS: readonly ChaosNumber[] = [
  { name: SPARE, hourly: ENDLESS, daily: ENDLESS },
  { name: RECORDED, hourly: ENDLESS, daily: ENDLESS },
  { name: 'wide-1', hourly: ENDLESS, daily: ENDLESS },
  { name: 'wide-2', hourly: ENDLESS, daily: ENDLESS },
  ...TIGHT,
]

export const numberNames: readonly string[] = NUMBERS.map((one) => one.name)
