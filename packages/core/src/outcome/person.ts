import { readPhone } from '@zapfleet/phone'
import { contactKey, keyForms } from '../contact/contact-key.ts'
import { canonicalPhone, PHONE_DIGITS } from '../instance/phone-of.ts'

const LID = /^\d{5,20}@lid$/
const DIGITS = /^\+?\d+$/

/**
 * One key for each person, to link messages with reservations. It is wider than `contactKey`, on which it is built: it also joins the
 * two forms of Mexican and Argentine mobile numbers, since Evolution removes a digit from them, and reads a number without a country
 * code. Only reservations of one instance and of five minutes are compared by it.
 *
 * @param country of phones that are written without a country code, ISO 3166
 * @returns the phone in digits, as `canonicalPhone`, or `…@lid`; null for groups, broadcasts and ids that are no phone number
 */
export function personKey(id: string, country: string): string | null {
  const key = contactKey(id, country)
  if (LID.test(key)) return key
  if (PHONE_DIGITS.test(key)) return canonicalPhone(key)
  // A formatted number has no letters; most other ids do, and reading a phone is slow.
  if (DIGITS.test(key) || /[^\d\s().+/-]/.test(key)) return null
  const phone = readPhone(key, country)
  return phone === null ? null : canonicalPhone(phone)
}

/**
 * The plain forms in which bots write a person's id: digits, with a plus, as a WhatsApp id; of a Brazilian mobile number with and
 * without the ninth digit.
 */
export function plainSpellings(person: string): string[] {
  if (person.includes('@')) return [person]
  const digits = digitSpellings(person)
  return digits.concat(...digits.map((one) => [`+${one}`, `${one}@s.whatsapp.net`]))
}

/**
 * The digits under which a person may be another contact than the one of this WhatsApp id: the other form of a Mexican or Argentine
 * mobile number.
 */
export function spellingsElsewhere(jid: string, country: string): string[] {
  const person = personKey(jid, country)
  if (person === null) return []
  const key = contactKey(jid, country)
  return digitSpellings(person).filter((one) => contactKey(one, country) !== key)
}

export function digitSpellings(person: string): string[] {
  return person.includes('@') ? [person] : [person, ...otherForms(person)]
}

/** The form of a canonical phone that `canonicalPhone` drops. */
function otherForms(person: string): string[] {
  const brazilian = keyForms(contactKey(person, 'BR'))
  if (brazilian) return [brazilian[0]]
  const mexican = /^52(\d{10})$/.exec(person)
  if (mexican) return [`521${mexican[1]}`]
  const argentine = /^54(\d{10})$/.exec(person)
  return argentine ? [`549${argentine[1]}`] : []
}
