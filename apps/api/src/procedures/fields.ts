import { textProblem } from '@zapfleet/core'
import { z } from 'zod'

/** The id of a person or a group: 1 to 255 characters. Blanks around it are removed: a copied id is the same contact. */
export const contactId = z
  .string()
  .refine((value) => value === '' || value.trim() !== '', {
    error: 'expected 1 to 255 characters, got only blanks',
    abort: true,
  })
  .trim()
  .refine((value) => textProblem(value, 255) === null, {
    error: (issue) => textProblem(String(issue.input), 255) ?? undefined,
  })
  .meta({ minLength: 1, maxLength: 255 })

/** 9999-12-31T23:59:59.999Z: JavaScript writes later years in a form that PostgreSQL does not read. */
const LAST_MS = 253_402_300_799_999

/** An instant as callers send it, with any offset; procedures get a Date, of 1970 for any earlier one. */
export const instantInput = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(Math.min(Math.max(Date.parse(iso), 0), LAST_MS)))

/** Input of procedures without input: `{}`, or nothing. */
export const noInput = z.strictObject({}).prefault({})
