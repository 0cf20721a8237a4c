import { isBrazilianNational, readNationalPhone, withNinthDigit, withoutNinthDigit } from '@zapfleet/phone'
import { PHONE_DIGITS } from '../instance/phone-of.ts'

const DIGIT_0 = 48
const DIGIT_9 = 57
const PLUS = 43
const OPENING = 40
const COLON = 58
const AT = 64
const SPACE = 32
const LAST_ASCII = 126

/** Marks of writing direction and zero width, which a number copied from WhatsApp or a web page has around it. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const DASHES = /[\u2010-\u2015\u2212]/g
const BLANKS = /[\u00a0\u2000-\u200a\u202f]/g

/** With a plus before the country code, perhaps in brackets. */
const INTERNATIONAL = /^(?:\+|\(\+)[\d ().\-/]{6,40}$/
/** An area code in brackets, perhaps with the country code or a trunk 0 before it. */
const WITH_AREA = /^[\d ]{0,6}\(\d{1,5}\)[\d .\-/]{4,30}$/

/** The servers of WhatsApp ids that begin with a phone. */
const PHONE_SERVERS: ReadonlySet<string> = new Set(['s.whatsapp.net', 'c.us'])

/**
 * The key of a contact: one for all ids under which programs write the same person. Keys are their own keys. Pure digits and ids with
 * letters cost some 50 ns, since every reserve calls it.
 *
 * - Brazilian mobile numbers with their country code, with or without the ninth digit: `5547988887777`.
 * - Formatted phones that begin with + or have the area code in brackets: digits with the country code, by the rule above.
 * - WhatsApp ids of phones (`…@s.whatsapp.net`, `…@c.us`), with or without a device: the key of the phone.
 * - `…@lid` without the device.
 * - Any other id, such as `abc-1`, a uuid, a group, a landline or 11 digits without a country code: itself, without blanks around it.
 *
 * A uuid in capitals is left to `ClientIds.canonical`, which depends on the table of clients; it does not change a phone's key.
 *
 * @param country of phones with an area code in brackets and no country code, ISO 3166
 */
export function contactKey(id: string, country: string): string {
  const text = id.trim()
  const first = text.charCodeAt(0)
  const from = first === PLUS ? 1 : 0
  let end = from
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  if (end === from) {
    const mayBePhone = first === PLUS || first === OPENING || first > LAST_ASCII
    return mayBePhone ? keyOfFormatted(text, country) : text
  }
  if (end === text.length) {
    return from === 0 ? withNinthDigit(text) : keyOfInternational(text.slice(1), text)
  }
  const next = text.charCodeAt(end)
  if (next === AT || next === COLON) return keyOfWhatsAppId(text, from, end)
  const isFormatted = from === 1 || next === SPACE || next === OPENING || next > LAST_ASCII
  return isFormatted ? keyOfFormatted(text, country) : text
}

/**
 * Both forms in digits of the key of a Brazilian mobile number, the key first: ids of clientes may be either. Null for any other key.
 */
export function keyForms(key: string): readonly [string, string] | null {
  const other = withoutNinthDigit(key)
  return other === key ? null : [key, other]
}

/**
 * Every plain id under which rows of a contact may be stored, the key first: digits, with a plus, as a WhatsApp id. Formatted ids are
 * not listed.
 */
export function spellings(key: string): string[] {
  const forms = keyForms(key) ?? [key]
  if (!PHONE_DIGITS.test(key)) return [...forms]
  return spellingsOfForms(forms)
}

/** The plain ids of phones in digits: those digits first, then with a plus and as WhatsApp ids. */
export function spellingsOfForms(forms: readonly string[]): string[] {
  return [...forms, ...forms.flatMap((one) => [`+${one}`, `${one}@s.whatsapp.net`, `${one}@c.us`])]
}

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_9
}

/** @param end where the digits end that begin at `from` */
function keyOfWhatsAppId(text: string, from: number, end: number): string {
  const at = text.indexOf('@', end)
  if (at < 0 || !isDevice(text, end, at)) return text
  const user = text.slice(from, end)
  const server = text.slice(at + 1)
  if (server === 'lid' && from === 0) return `${user}@lid`
  return PHONE_SERVERS.has(server) && PHONE_DIGITS.test(user) ? withNinthDigit(user) : text
}

/** Whether the text from `from` to `to` is nothing, or a colon and digits. */
function isDevice(text: string, from: number, to: number): boolean {
  if (from === to) return true
  for (let at = from + 1; at < to; at++) if (!isDigit(text.charCodeAt(at))) return false
  return to > from + 1
}

function keyOfFormatted(text: string, country: string): string {
  const plain = text.replace(INVISIBLE, '').replace(DASHES, '-').replace(BLANKS, ' ').trim()
  const digits = plain.replace(/\D/g, '')
  if (INTERNATIONAL.test(plain)) return keyOfInternational(digits, text)
  if (!WITH_AREA.test(plain)) return text
  if (country !== 'BR') return readNationalPhone(plain, country)?.slice(1) ?? text
  const phone = digits.replace(/^0+/, '')
  const national = phone.length > 11 && phone.startsWith('55') ? phone.slice(2).replace(/^0/, '') : phone
  return isBrazilianNational(national) ? withNinthDigit(`55${national}`) : text
}

/** @param digits of a phone with its country code, perhaps with a trunk 0 before the area code, as `+55 (047)` */
function keyOfInternational(digits: string, text: string): string {
  const phone = digits.startsWith('550') ? digits.replace(/^550+/, '55') : digits
  return PHONE_DIGITS.test(phone) ? withNinthDigit(phone) : text
}
