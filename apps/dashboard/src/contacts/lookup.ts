import type { Contact } from '../api/open-client.ts'
import type { ReadPhone } from '../number/draft.ts'

/** A phone as people write it: digits with separators, no letters. */
const FORMATTED = /^\+?[\d\s().\-–/]+$/
const PLAIN = /^\d+$/
/** Brazilian numbers in digits, as bots use them for ids. */
const BRAZILIAN = /^\+?(55\d{10,11})$/

/**
 * The contact that a typed text means. A formatted phone is the phone in digits, as `+5547988887777`; pure digits and any other text are an id
 * of the bot and remain as they are.
 *
 * @param read null while phones cannot be read: then the API alone reads the text
 */
export function lookupId(text: string, read: ReadPhone | null): string {
  const typed = text.trim()
  return isFormatted(typed) ? (read?.(typed) ?? typed) : typed
}

/**
 * The phone that an id in pure digits may mean, where it is not the id itself: `47988887777` may be `+5547988887777`. Null: none.
 */
export function phoneMeant(id: string, read: ReadPhone | null): string | null {
  if (!PLAIN.test(id) || BRAZILIAN.test(id)) return null
  const phone = read?.(id) ?? null
  return phone === null || phone === `+${id}` ? null : phone
}

/** The E.164 form of an id that is a Brazilian phone; null for any other id. */
export function phoneOfId(id: string): string | null {
  const [, digits] = BRAZILIAN.exec(id) ?? []
  return digits === undefined ? null : `+${digits}`
}

/** Whether a text confirms an act on a contact: its id, with or without the separators of a phone. */
export function confirms(typed: string, id: string): boolean {
  return typed.trim() !== '' && withoutSeparators(typed) === withoutSeparators(id)
}

/** Whether the fleet stores nothing of a contact that its view shows. */
export function isUnknown({ preferredInstance, aliases, lastInbound, blocked }: Contact): boolean {
  return preferredInstance === null && aliases.length === 0 && lastInbound === null && !blocked
}

/** Whether a text is written like a phone, with separators. */
export function isFormatted(text: string): boolean {
  return FORMATTED.test(text) && !PLAIN.test(text)
}

function withoutSeparators(text: string): string {
  const trimmed = text.trim()
  return FORMATTED.test(trimmed) ? trimmed.replace(/\D/g, '') : trimmed
}
