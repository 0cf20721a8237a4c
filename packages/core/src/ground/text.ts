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
