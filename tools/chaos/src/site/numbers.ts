/** A number of the site and what it may send. */
export type ChaosNumber = { name: string; hourly: number; daily: number }

const ENDLESS = 1_000_000

/** Has room whatever happens, so a refusal of who may use it is false while it is connected. */
export const HAVEN = 'haven'
/** Where sends are recorded that nobody reserved; those count even above a limit, so not where limits are watched. */
export const RECORDED = 'recorded'
/** Are full soon: callers fight for what is released. */
export const TIGHT: readonly ChaosNumber[] = [
  { name: 'tight-hour', hourly: 60, daily: ENDLESS },
  { name: 'tight-day', hourly: ENDLESS, daily: 90 },
]

export const NUMBERS: readonly ChaosNumber[] = [
  { name: HAVEN, hourly: ENDLESS, daily: ENDLESS },
  { name: RECORDED, hourly: ENDLESS, daily: ENDLESS },
  { name: 'wide-1', hourly: ENDLESS, daily: ENDLESS },
  { name: 'wide-2', hourly: ENDLESS, daily: ENDLESS },
  ...TIGHT,
]

export const numberNames: readonly string[] = NUMBERS.map((one) => one.name)
