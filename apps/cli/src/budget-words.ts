import type { Instance } from './connection/open-client.ts'
import { isPortuguese, t } from './language.ts'
import { hoursText } from './opening-hours.ts'

/** Whether a limit of new contacts leaves no room for one more now. */
export function isFullForNew(instance: Instance): boolean {
  const { newContactsThisHour, newContactsPerHour, newContactsToday, newContactsPerDay } = instance
  const isFull = (counted: number, limit: number | null) => typeof limit === 'number' && counted >= limit
  return isFull(newContactsThisHour, newContactsPerHour) || isFull(newContactsToday, newContactsPerDay)
}

/** What limits a number beside its capacities, as lines of a label and its value; none where nothing does. */
export function budgetRows(instance: Instance): [string, string][] {
  const { minGapMs, ramp, hours } = instance
  const rows: [string, string][] = []
  const contacts = newContactWords(instance)
  if (contacts !== '') rows.push([t`New people`, contacts])
  // An API of an earlier release answers none of these.
  if (minGapMs > 0) rows.push([t`Gap`, t`at least ${gapText(minGapMs)} between two messages`])
  if (ramp) rows.push([t`Ramp`, rampWords(ramp)])
  if (hours) rows.push([t`Hours`, hoursWords(hours)])
  return rows
}

function newContactWords(instance: Instance): string {
  if (instance.draining) return t`none while it drains`
  const { newContactsThisHour, newContactsPerHour, newContactsToday, newContactsPerDay } = instance
  const parts = [
    typeof newContactsPerHour === 'number'
      ? t`${newContactsThisHour} of ${newContactsPerHour} this hour`
      : '',
    typeof newContactsPerDay === 'number' ? t`${newContactsToday} of ${newContactsPerDay} today` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** A gap in the largest unit that divides it: "20 s", "1.5 s", "2 min". */
function gapText(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}

const holds = (): Record<string, string> => ({
  BANNED: t`banned on the day before`,
  RESTRICTED: t`restricted on the day before`,
  NOT_DELIVERING: t`its messages did not arrive on the day before`,
  SILENT: t`nothing was sent for 72 hours`,
})

/** Why a ramp did not grow; a code of a newer API stays as it is. */
export function holdWords(heldBecause: string): string {
  return holds()[heldBecause] ?? heldBecause
}

/** "10 to 100, day 8 of 21: 41 today, held: restricted on the day before". */
function rampWords({ from, to, day, days, limitToday, heldBecause }: NonNullable<Instance['ramp']>): string {
  const present = t`${from} to ${to}, day ${day} of ${days}: ${limitToday} today`
  if (heldBecause === null) return present
  return t`${present}, held: ${holdWords(heldBecause)}`
}

/** The hours of a number in the days of the language. */
function hoursWords(hours: NonNullable<Instance['hours']>): string {
  return t`${hoursText(hours, isPortuguese())} in the fleet’s time zone, replies at any time`
}
