/** The area codes of Brazil, ANATEL's national numbering plan. libphonenumber has the same. */
const AREA = '(?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])'
/** A mobile number of before 2012: eight digits that begin with 6 to 9. */
const SHORT = new RegExp(`^55${AREA}[6-9]\\d{7}$`)
const LONG = new RegExp(`^55${AREA}9[6-9]\\d{7}$`)
/** A landline or a mobile number in its older form has eight digits, a mobile number nine. */
const NATIONAL = new RegExp(`^${AREA}(?:[2-9]|9\\d)\\d{7}$`)

/**
 * A phone in digits with its country code: a Brazilian mobile number in its form with the ninth digit, any other as it is.
 * Eight digits that begin with 2 to 5 are a landline; with a 9 before them they would be another phone.
 */
export function withNinthDigit(digits: string): string {
  return digits.length === 12 && SHORT.test(digits) ? `${digits.slice(0, 4)}9${digits.slice(4)}` : digits
}

/** The reverse of `withNinthDigit`: as WhatsApp stores mobile numbers of before 2012. */
export function withoutNinthDigit(digits: string): string {
  return digits.length === 13 && LONG.test(digits) ? digits.slice(0, 4) + digits.slice(5) : digits
}

/** Whether these digits, without the country code, are a Brazilian number: area code and eight or nine digits. */
export function isBrazilianNational(digits: string): boolean {
  return NATIONAL.test(digits)
}
