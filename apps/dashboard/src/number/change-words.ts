import type { StatusChange } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'

type Change = Pick<StatusChange, 'reason' | 'evidence'>

/** Whether an entry of the history is a night of a ramp. */
export function isRampChange({ reason }: Change): boolean {
  return reason === 'RAMP_ADVANCED' || reason === 'RAMP_HELD'
}

/** Why the history has an entry: a night of a ramp with its limit and with what held it. A code of a newer API stays as it is. */
export function changeWords(change: Change, w: Words, f: Format): string | null {
  const { reason, evidence } = change
  if (reason === null) return null
  const words = Object.hasOwn(w.change, reason)
    ? w.change[reason as keyof Words['change']]
    : (w.statusReason[reason as keyof Words['statusReason']] ?? reason)
  if (!isRampChange(change)) return words
  const { limitToday, heldBecause } = evidence ?? {}
  const limit = typeof limitToday === 'number' ? w.budget.rampLimit(f.number(limitToday)) : null
  return [words, limit, typeof heldBecause === 'string' ? holdWords(heldBecause, w) : null]
    .filter(Boolean)
    .join(' · ')
}

/** Why a ramp did not rise. */
export function holdWords(heldBecause: string, w: Words): string {
  return (w.budget.rampHolds as Record<string, string>)[heldBecause] ?? heldBecause
}
