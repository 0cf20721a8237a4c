import { readPhone } from '@zapfleet/phone'
import { canonicalPhone, phoneOf } from '../instance/phone-of.ts'

const LID = /^\d{5,20}(?::\d+)?@lid$/
/** Digits, at most with a plus: WhatsApp's own form of a phone. */
const PLAIN = /^\+?\d+$/

/**
 * One key for each person, from a WhatsApp id or a contact's id: the phone with its country code, in one spelling for both
 * Brazilian forms, formatted or not; or the id of a person without a phone (`…@lid`). Null for groups, broadcasts and ids that are
 * no phone number, such as a row's id.
 *
 * @param country of phones that are written without a country code, ISO 3166
 */
export function personKey(id: string, country: string): string | null {
  const text = id.trim()
  if (LID.test(text)) return text.replace(/:\d+@/, '@')
  if (text.includes('@') || PLAIN.test(text)) {
    const phone = phoneOf(text)
    return phone === null ? null : canonicalPhone(phone)
  }
  // A formatted number has no letters; most other ids do, and reading a phone is slow.
  if (/[^\d\s().+/-]/.test(text)) return null
  const phone = readPhone(text, country)
  return phone === null ? null : canonicalPhone(phone)
}

/**
 * The plain forms in which bots write a person's id: digits, with a plus, as a WhatsApp id; of a Brazilian mobile number with and
 * without the ninth digit.
 */
export function plainSpellings(key: string): string[] {
  if (key.includes('@')) return [key]
  const digits = digitSpellings(key)
  return digits.concat(...digits.map((one) => [`+${one}`, `${one}@s.whatsapp.net`]))
}

/** Those of the plain spellings that are digits alone. */
export function digitSpellings(key: string): string[] {
  return key.includes('@') ? [key] : [key, ...otherForms(key)]
}

/** The form of a canonical phone that `canonicalPhone` drops. */
function otherForms(key: string): string[] {
  const brazilian = /^(55[1-9]\d)([6-9]\d{7})$/.exec(key)
  if (brazilian) return [`${brazilian[1]}9${brazilian[2]}`]
  const mexican = /^52(\d{10})$/.exec(key)
  if (mexican) return [`521${mexican[1]}`]
  const argentine = /^54(\d{10})$/.exec(key)
  return argentine ? [`549${argentine[1]}`] : []
}
