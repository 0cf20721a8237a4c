import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { withNinthDigit } from './brazilian.ts'

/** Marks of writing direction and zero width, which a number copied from WhatsApp or a web page has around it. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const DASHES = /[\u2010-\u2015\u2212]/g
const SHAPE = /^(?:\+|\(\+)?[\d\s().\-/]{5,40}$/
/** Fewer digits without a plus are more probably a local number without its area code than one of another country. */
const FOREIGN_DIGITS_MIN = 10

/** Whether a text is the ISO 3166 code, in capitals, of a country whose numbering plan is known, such as BR. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text)
}

/**
 * Reads a phone number as people write it and returns it as E.164, or null when it cannot be a phone.
 *
 * A number that begins with + or 00 has its country code. Any other is first read as a number of `country`, with or without its
 * country code, and then as a foreign number that lacks its plus. With BR, `11987654321`, `(11) 98765-4321`, `011 98765-4321`
 * and `5511987654321` are `+5511987654321`. The numbering plan of the country must hold the number. Two older forms, which
 * WhatsApp ids still have, are accepted and stay as they are: Brazilian mobiles without the ninth digit (`+551187654321`) and
 * Mexican mobiles with a 1 (`+5215512345678`).
 *
 * @param country ISO 3166 code, see `isCountry`
 */
export function readPhone(text: string, country: string): string | null {
  const plain = text.replace(INVISIBLE, '').replace(DASHES, '-').trim()
  if (!SHAPE.test(plain)) return null
  const digits = plain.replace(/\D/g, '')
  if (plain.includes('+')) return existing(`+${digits}`, country)
  if (digits.startsWith('00')) {
    const number = existing(`+${digits.slice(2)}`, country)
    if (number !== null) return number
  }
  const domestic = existing(digits, country)
  if (domestic !== null || digits.length < FOREIGN_DIGITS_MIN) return domestic
  return existing(`+${digits}`, country)
}

/**
 * The same for a number as it is written within `country`, with its area code: never one of another country that lacks its plus.
 */
export function readNationalPhone(text: string, country: string): string | null {
  return SHAPE.test(text) ? existing(text.replace(/\D/g, ''), country) : null
}

function existing(text: string, country: string): string | null {
  const number = parsePhoneNumberFromString(text, country as CountryCode)?.number
  if (number === undefined) return null
  const present = presentForm(number)
  const read = parsePhoneNumberFromString(present)
  if (!read?.isValid()) return null
  // One reading removes one trunk zero behind the country code; what is valid is the number without all of them.
  return read.number === present ? number : existing(read.number, country)
}

/** The form of today of a number in one of the two older forms; any other number as it is. */
function presentForm(number: string): string {
  return `+${withNinthDigit(number.slice(1))}`.replace(/^\+521(\d{10})$/, '+52$1')
}
