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

/** An instant as callers send it, with any offset; procedures get a Date. */
export const instantInput = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(iso))

/** Input of procedures without input: `{}`, or nothing. */
export const noInput = z.strictObject({}).prefault({})
