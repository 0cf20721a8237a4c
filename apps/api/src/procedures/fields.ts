import { isInstanceName } from '@zapfleet/core'
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

/** The longest name of an instance: `whatsapp_instances.nome` is varchar(50). */
export const NAME_MAX_LENGTH = 50

/** The name of an existing instance. Adopted instances may have any name, so only the length is checked. */
export const instanceName = text(NAME_MAX_LENGTH)

/** The name of a new instance. */
export const newInstanceName = z
  .string()
  .refine(isInstanceName, {
    error:
      'expected 1 to 50 letters (A-Z, a-z), digits, _ or -, and no word that JavaScript gives to every object, such as constructor',
  })
  .meta({ pattern: '^[A-Za-z0-9_-]{1,50}$' })

/** The longest text that is read as a phone number: 15 digits, with blanks and punctuation. */
export const PHONE_MAX_LENGTH = 40

/** A phone number as people write it. Core reads it in the fleet's country, and answers E.164 or refuses it. */
export const phoneNumber = text(PHONE_MAX_LENGTH).meta({
  description:
    'With its country code, as +5511987654321, or as it is written in the country of DEFAULT_COUNTRY, as (11) 98765-4321.',
})

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

/** An instant as zapfleet writes it: ISO 8601 in UTC, with milliseconds. */
export const instant = z.string().meta({ description: 'ISO 8601 in UTC', format: 'date-time' })

/** An instant as callers send it, with any offset; procedures get a Date. */
export const instantInput = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(iso))

/** Input of procedures without input: `{}`, or nothing. */
export const noInput = z.strictObject({}).prefault({})
