import { readPhone } from '@zapfleet/phone'
import { contactKey, keyForms } from '../contact/contact-key.ts'

/** Digits of a phone with its country code that are used as they are, although no numbering plan has them. */
const UNKNOWN_DIGITS_MIN = 12

/**
 * What Evolution gets as the number of a recipient; null: it cannot be read as one. A JID stays as it is. Evolution removes the punctuation of
 * all else and takes the rest for the whole number, country code included, so `(51) 98765-4321` of a Brazilian would be a phone in Peru: a formatted
 * number, and digits that are no phone with a country code, are read as numbers of `country`.
 */
export function recipientNumber(to: string, country: string): string | null {
  if (to.includes('@')) return to
  const written = to.replace(/\D/g, '')
  const key = contactKey(to, country)
  const isWritten = !/^\d+$/.test(key) || (keyForms(key) ?? [key]).includes(written)
  const digits = isWritten ? written : key
  if (readPhone(`+${digits}`, country) !== null) return digits
  const national = readPhone(to, country)
  if (national !== null) return national.slice(1)
  return digits.length >= UNKNOWN_DIGITS_MIN && !digits.startsWith('0') ? digits : null
}
