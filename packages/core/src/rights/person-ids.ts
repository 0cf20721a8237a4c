import { apartKey, contactIds, isApart } from '../contact/contact-ids.ts'
import { keyForms, spellings, spellingsOfForms } from '../contact/contact-key.ts'
import { formsApart, shownId } from '../contact/contact-person.ts'
import type { Ground } from '../ground/ground.ts'

/** The ids of one person, and how rows that hold them are found. */
export type PersonIds = {
  /** The key of the contact. */
  readonly key: string
  /** The keys of the contact and of its aliases. */
  readonly keys: ReadonlySet<string>
  /** Keys whose two forms are apart, one of which is the person's. */
  readonly both: ReadonlySet<string>
  /** Plain ids under which rows may be stored. */
  readonly plain: readonly string[]
  /** A regular expression for texts that may hold a phone or a LID of the person in any format; null: it has none. */
  readonly pattern: string | null
  /** Phones in digits, with and without the country code of Brazil, and the digits of LIDs. */
  readonly numbers: readonly string[]
}

/** Shorter ends of numbers would find too many rows of others. */
const END_DIGITS = 8
/** Ids of other systems that are shorter are common words in the texts of others. */
const LONG_ID = 8
const DIGITS = /^\d+/

/** The ids of the contact of this key with these aliases. */
export function personIds(key: string, aliases: readonly string[]): PersonIds {
  const keys = [key, ...aliases]
  const plain = keys.flatMap((one) =>
    isApart(one) ? [one, ...spellingsOfForms([shownId(one)])] : spellings(one),
  )
  const numbers = keys.flatMap(numbersOf)
  const ends = new Set(numbers.map((number) => number.slice(-END_DIGITS)))
  const patterns = [...ends].map((end) => [...end].join('\\D*'))
  return {
    key,
    keys: new Set(keys),
    both: new Set(keys.flatMap((one) => formsApart(one)?.both ?? [])),
    plain: [...new Set(plain)],
    pattern: patterns.length === 0 ? null : patterns.join('|'),
    numbers: [...new Set(numbers)],
  }
}

/**
 * The keys under which acts on the person are in the audit. An act on a number before its two forms became two contacts is an act on
 * both.
 */
export function actKeys({ keys, both }: PersonIds): string[] {
  return [...keys, ...both]
}

/** A phone in digits: both of its forms, and each without 55; the digits of a LID. */
function numbersOf(key: string): string[] {
  const id = shownId(key)
  const [digits] = DIGITS.exec(id) ?? ['']
  const isNumber = digits.length >= END_DIGITS && (digits.length === id.length || id.endsWith('@lid'))
  if (!isNumber) return []
  const forms = isApart(key) ? [digits] : (keyForms(digits) ?? [digits])
  return forms.flatMap((form) =>
    form.startsWith('55') && form.length >= 12 ? [form, form.slice(2)] : [form],
  )
}

/**
 * Whether a row is the person's.
 *
 * @param contactId a key, or an id as an earlier version stored it
 * @param contactAs the contact as the caller wrote it, where that is not its key
 */
export function isPersons(
  ground: Pick<Ground, 'clients' | 'defaultCountry'>,
  { keys, both }: PersonIds,
  contactId: string,
  contactAs: string | null = null,
): boolean {
  const id = contactAs ?? contactId
  if (contactAs === null && isApart(id)) return keys.has(id)
  const { key } = contactIds(ground, id)
  return keys.has(both.has(key) ? apartKey(key, id) : key)
}

/** Whether a message is for the person: by its contact, or by its recipient. */
export function isMessageOf(
  ground: Pick<Ground, 'clients' | 'defaultCountry'>,
  person: PersonIds,
  { contactId, contactAs, to }: { contactId: string; contactAs: string | null; to: string },
): boolean {
  return isPersons(ground, person, contactId, contactAs) || isPersons(ground, person, to, to)
}

/**
 * Whether a text holds a number of the person in any format, or one of its other ids.
 *
 * @param isOwn the text is of a row of the person: then short ids count too, and phones without an area code
 */
export function holdsPerson(person: PersonIds, text: string | null, isOwn: boolean): boolean {
  if (text === null) return false
  const digits = text.replace(/(?<=\d)[^\p{L}\d]+(?=\d)/gu, '')
  if (person.numbers.some((number) => digits.includes(number))) return true
  if (isOwn && person.pattern !== null && new RegExp(person.pattern).test(text)) return true
  return [...person.keys].map(shownId).some((id) => (isOwn || id.length >= LONG_ID) && text.includes(id))
}
