import { type RampHold, rampLimit, type StoredRamp } from '../instance/ramp.ts'

/** What is stored of one local day of a number. */
export type RampDay = {
  /** YYYY-MM-DD. */
  day: string
  /** It was banned, restricted, or its messages did not arrive, at any moment of the day. */
  banned: boolean
  restricted: boolean
  failing: boolean
  /** Nothing was sent in the 72 hours before the end of the day. */
  silent: boolean
}

/**
 * The ramp on the local day `today`. Each night between `advancedOn` and `today` is judged by the day before it, so several nights at
 * once give what each of them would have given. A night whose day is not in `days` holds the ramp: without evidence a limit does not
 * rise. A ramp that is on its last day, and one that was advanced today or later, is returned as it is.
 *
 * @param days oldest first; days outside of `advancedOn` to the day before `today` are skipped
 */
export function nextRamp(ramp: StoredRamp, days: readonly RampDay[], today: string): StoredRamp {
  if (ramp.day >= ramp.days || ramp.advancedOn >= today) return ramp
  let { day, heldBecause } = ramp
  for (const one of days) {
    if (one.day < ramp.advancedOn || one.day >= today || day >= ramp.days) continue
    heldBecause = holdOf(one)
    if (heldBecause === null) day++
  }
  return { ...ramp, day, limitToday: rampLimit(ramp, day), heldBecause, advancedOn: today }
}

/** Why a day holds the ramp, the first reason that applies; null when it does not. */
function holdOf({ banned, restricted, failing, silent }: RampDay): RampHold | null {
  if (banned) return 'BANNED'
  if (restricted) return 'RESTRICTED'
  if (failing) return 'NOT_DELIVERING'
  return silent ? 'SILENT' : null
}
