import { z } from 'zod'

/**
 * The problem of a text that must hold 1 to `maxLength` characters; null: none.
 * Characters are Unicode code points, as PostgreSQL counts them. NUL and lone surrogates are refused because
 * PostgreSQL can store neither.
 */
export function textProblem(value: string, maxLength: number): string | null {
  if (value === '') return `expected 1 to ${maxLength} characters, got an empty text`
  if (value.includes('\0')) return 'expected a text without NUL characters (\\u0000), got one with'
  if (/\p{Surrogate}/u.test(value)) return 'expected well-formed Unicode, got half of a surrogate pair'
  if (value.length <= maxLength) return null
  const length = [...value].length
  return length <= maxLength ? null : `expected 1 to ${maxLength} characters, got ${length}`
}

/** A text of 1 to `maxLength` characters that PostgreSQL can store. JSON Schema cannot express all of the rule. */
export function text(maxLength: number) {
  return z
    .string()
    .refine((value) => textProblem(value, maxLength) === null, {
      error: (issue) => textProblem(String(issue.input), maxLength) ?? undefined,
    })
    .meta({ minLength: 1, maxLength })
}

/** An instant as zapfleet writes it: ISO 8601 in UTC, with milliseconds. */
export const instant = z.string().meta({ description: 'ISO 8601 in UTC', format: 'date-time' })

/** 9999-12-31T23:59:59.999Z: JavaScript writes later years in a form that PostgreSQL does not read. */
const LAST_MS = 253_402_300_799_999

/**
 * An instant as callers send it, with any offset, as a Date; 1970 for any earlier one. PostgreSQL reads neither the year 0 nor offsets
 * above 15:59, so its text is never handed on.
 */
export const instantInput = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(Math.min(Math.max(Date.parse(iso), 0), LAST_MS)))
