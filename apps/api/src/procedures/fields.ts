import { tag, textProblem } from '@zapfleet/core'
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

/** Input of procedures without input: `{}`, or nothing. */
export const noInput = z.strictObject({}).prefault({})

/** Input of reads of the fleet or of a pool. */
export const poolInput = z
  .strictObject({ pool: tag.optional().describe('Only the numbers with this tag; all by default.') })
  .prefault({})

/** Input of streams that resume: events after the given id are sent first. */
export const onChangeInput = z
  .strictObject({
    lastEventId: z.string().nullish().describe('Id of the last event received; later events are sent first.'),
  })
  .prefault({})
