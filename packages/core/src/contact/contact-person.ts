import { APART, type ContactIds, isApart } from './contact-ids.ts'
import { contactKey, keyForms } from './contact-key.ts'

/** The id under which the contact of this key is shown: the key, for one of two forms that are apart its digits. */
export function shownId(key: string): string {
  return isApart(key) ? key.slice(APART.length) : key
}

/**
 * Of one of two Brazilian forms that are apart: the key of both, and the key of the other form. Null for any other key.
 */
export function formsApart(key: string): { both: string; twin: string } | null {
  if (!isApart(key)) return null
  const digits = shownId(key)
  const both = contactKey(digits, 'BR')
  const twin = keyForms(both)?.find((form) => form !== digits) ?? digits
  return { both, twin: APART + twin }
}

/** The ids of a contact in `clientes` as a parameter; null when it can have none. */
export function clientsOf({ client, clients }: ContactIds): readonly string[] | null {
  return clients ?? (client === null ? null : [client])
}

/** The servers of WhatsApp ids that are no person. */
const NO_PERSON = /@(g\.us|broadcast|newsletter)$/

/** Whether the id is one of WhatsApp's that is no person: a group, a broadcast list, a channel. */
export function isNoPerson(id: string): boolean {
  return NO_PERSON.test(id)
}
