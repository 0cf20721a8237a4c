import { tag, textProblem } from '@zapfleet/core'
import { z } from 'zod'

/** Blanks, and marks of writing direction and zero width, which a text copied from WhatsApp or a web page has around it. */
const MARKS = '[\\s\\u00ad\\u0085\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]+'
const AROUND = new RegExp(`^${MARKS}|${MARKS}$`, 'g')
const withoutMarks = (text: string): string => text.replace(AROUND, '')

const storable = (maxLength: number) =>
  z.refine<string>((value) => textProblem(value, maxLength) === null, {
    error: (issue) => textProblem(String(issue.input), maxLength) ?? undefined,
  })

/** A text of 1 to `maxLength` characters that is not only blanks. */
const visibleText = (maxLength: number) =>
  z.string().refine((value) => value === '' || withoutMarks(value) !== '', {
    error: `expected 1 to ${maxLength} characters, got only blanks`,
    abort: true,
  })

/** The same as people and programs copy it: blanks and invisible marks around it are no part of it. */
const copiedText = (maxLength: number) =>
  visibleText(maxLength).overwrite(withoutMarks).check(storable(maxLength)).meta({ minLength: 1, maxLength })

/** The id of a person or a group: 1 to 255 characters. Blanks and invisible marks around it are removed: a copied id is the same contact. */
export const contactId = copiedText(255)

/** Evolution's id of a message (`key.id`), with or without blanks around it. */
export const messageId = copiedText(128)

/** The id that a caller gives its message, exactly as it is. */
export const idempotencyKey = visibleText(255).check(storable(255)).meta({ minLength: 1, maxLength: 255 })

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
