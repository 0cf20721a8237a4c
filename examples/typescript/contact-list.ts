/**
 * Reads a list of contacts: one line is one contact, and its phone number is the first field of the line. Numbers without a plus
 * are Brazilian. For another country change COUNTRY and NATIONAL. `contact_list.py` has the same rules.
 */

/** The country code of numbers that are written without one, and the rest of such a number: area code, then 8 or 9 digits. */
const COUNTRY = '55'
const NATIONAL = '[1-9]{2}(?:9[0-9]{8}|[2-9][0-9]{7})'
/** Invisible characters around a number that is copied from WhatsApp or a spreadsheet. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const SEPARATORS = /[\s().\-/\u2010-\u2015]/g

/** No American number begins with 0 or 1 after the country code: a plus before a Brazilian area code is a typing error. */
const FOREIGN = /^\+(?!1[01])[1-9][0-9]{7,14}$/
const OF_COUNTRY = new RegExp(`^\\+?${COUNTRY}0?(${NATIONAL})$`)
const WITHOUT_CODE = new RegExp(`^0?(${NATIONAL})$`)

export type ContactList = {
  /** Phone numbers as Evolution accepts them: digits with the country code. Each phone once, in the order of the list. */
  contacts: string[]
  /** A message for each line without a phone number. */
  problems: string[]
}

/** Reads the text of a file, with or without a BOM, with any line ends. Empty lines are ignored. */
export function readContactList(text: string): ContactList {
  const contacts = new Map<string, string>()
  const problems: string[] = []
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.replace(INVISIBLE, '').trim() === '') continue
    const [field = ''] = line.split(/[;,\t]/)
    const number = readNumber(field)
    if (number === null) {
      const got = JSON.stringify(field.trim().slice(0, 40))
      problems.push(
        `line ${index + 1} skipped: expected a phone number at its start, such as (31) 98765-4321 or +5531987654321, got ${got}`,
      )
    } else if (!contacts.has(phoneKey(number))) contacts.set(phoneKey(number), number)
  }
  return { contacts: [...contacts.values()], problems }
}

/** Reads a phone number as people write it. Returns digits with the country code, or null. */
function readNumber(field: string): string | null {
  const plain = field
    .replace(INVISIBLE, '')
    .trim()
    .replace(/^"|"$/g, '')
    .replace(SEPARATORS, '')
    .replace(/^00/, '+')
  const national = (OF_COUNTRY.exec(plain) ?? WITHOUT_CODE.exec(plain))?.[1]
  if (national !== undefined) return COUNTRY + national
  return FOREIGN.test(plain) && !plain.startsWith(`+${COUNTRY}`) ? plain.slice(1) : null
}

/**
 * Equal for two forms of one phone. WhatsApp writes old Brazilian mobiles without the ninth digit, Mexican mobiles with a 1 and
 * Argentine mobiles with a 9 behind the country code.
 */
export function phoneKey(number: string): string {
  return number
    .replace(/[^0-9]/g, '')
    .replace(/^(55[1-9]{2})9([6-9][0-9]{7})$/, '$1$2')
    .replace(/^521([0-9]{10})$/, '52$1')
    .replace(/^549([0-9]{10})$/, '54$1')
}
