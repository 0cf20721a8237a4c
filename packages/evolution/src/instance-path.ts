import { EvolutionError } from './evolution-error.ts'

/**
 * The name as one segment of a path (or one query value), percent-encoded whole, slashes and dots included in the promise:
 * no name reaches another route. Evolution itself refuses nothing, so adopted instances may bear any name; only `''`,
 * `.` and `..` (which routers and proxies eat, even encoded) and text that is no Unicode are refused here.
 */
export function encodeName(call: string, name: string): string {
  if (typeof name !== 'string' || name === '' || name === '.' || name === '..') {
    throw unusable(call, name, 'an instance name that a route can carry (not empty, "." or "..")')
  }
  try {
    return encodeURIComponent(name)
  } catch {
    throw unusable(call, name, 'an instance name of valid Unicode text')
  }
}

/**
 * A phone number as Evolution wants it when pairing: international, digits only. Plus sign, blanks, hyphens and brackets
 * are dropped. Evolution accepts any text here and then never pairs, so it is refused before calling.
 */
export function pairingDigits(call: string, name: string, number: string): string {
  const digits = number.replace(/[+\s().-]/g, '')
  if (!/^[1-9]\d{5,14}$/.test(digits)) {
    throw unusable(call, name, 'an international phone number of 6 to 15 digits, such as 5511987654321')
  }
  return digits
}

function unusable(call: string, name: string, expected: string): EvolutionError {
  return new EvolutionError({
    code: 'EVOLUTION_REFUSED',
    refusal: 'invalid',
    call,
    instanceName: name,
    message: `${call} of ${JSON.stringify(name)} was not sent to Evolution: it needs ${expected}.`,
    maybeActed: false,
  })
}
