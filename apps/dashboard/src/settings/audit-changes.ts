import type { AuditEntry } from '../api/open-client.ts'
import type { OUTCOMES } from './address.ts'

type Values = AuditEntry['before']

/** A field that an act changed, with its values as text. */
export type Change = { field: string; before: string; after: string }

/** No value. */
const NONE = '–'

/** The fields that differ before and after an act. Of what was created or deleted, every field that has a value. */
export function changesOf(before: Values, after: Values): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return fields
    .map((field) => ({ field, before: textOf(before?.[field]), after: textOf(after?.[field]) }))
    .filter((one) => one.before !== one.after)
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return NONE
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** How an act ended, as the filter of the audit names it. */
export function outcomeOf({ outcome }: Pick<AuditEntry, 'outcome'>): (typeof OUTCOMES)[number] {
  return outcome === null ? 'open' : outcome === 'done' ? 'done' : 'failed'
}
