import fc from 'fast-check'

/** A Brazilian mobile number that has two forms: its area code, and the eight digits that both forms have. */
export type Mobile = { area: number; digits: string }

/** All area codes of Brazil. */
export const AREAS = [
  11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43, 44, 45, 46,
  47, 48, 49, 51, 53, 54, 55, 61, 62, 63, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75, 77, 79, 81, 82, 83, 84, 85,
  86, 87, 88, 89, 91, 92, 93, 94, 95, 96, 97, 98, 99,
]

export const mobile: fc.Arbitrary<Mobile> = fc.record({
  area: fc.constantFrom(...AREAS),
  digits: fc.integer({ min: 60_000_000, max: 99_999_999 }).map(String),
})

/** All ways in which programs write such a number. */
export const WAYS: readonly ((mobile: Mobile) => string)[] = [
  ({ area, digits }) => `55${area}9${digits}`,
  ({ area, digits }) => `55${area}${digits}`,
  ({ area, digits }) => `+55${area}9${digits}`,
  ({ area, digits }) => `+55${area}${digits}`,
  ({ area, digits }) => ` 55${area}9${digits} `,
  ({ area, digits }) => `+55 (${area}) 9${digits.slice(0, 4)}-${digits.slice(4)}`,
  ({ area, digits }) => `+55 (${area}) ${digits.slice(0, 4)}-${digits.slice(4)}`,
  ({ area, digits }) => `+55 ${area} 9.${digits.slice(0, 4)}.${digits.slice(4)}`,
  ({ area, digits }) => `+55-${area}-9${digits}`,
  ({ area, digits }) => `(+55) ${area} 9${digits}`,
  ({ area, digits }) => `55 (${area}) 9${digits}`,
  ({ area, digits }) => `(${area}) 9${digits.slice(0, 4)}-${digits.slice(4)}`,
  ({ area, digits }) => `(${area})${digits}`,
  ({ area, digits }) => `(0${area}) 9${digits}`,
  ({ area, digits }) => `0(${area}) ${digits}`,
  ({ area, digits }) => `\u202a+55 ${area} 9${digits.slice(0, 4)}\u2011${digits.slice(4)}\u202c`,
  ({ area, digits }) => `55${area}9${digits}@s.whatsapp.net`,
  ({ area, digits }) => `55${area}${digits}@s.whatsapp.net`,
  ({ area, digits }) => `55${area}${digits}:12@s.whatsapp.net`,
  ({ area, digits }) => `55${area}9${digits}@c.us`,
]

/** Such a number, written in one of the ways. */
export function asWritten(numbers: fc.Arbitrary<Mobile>): fc.Arbitrary<string> {
  return fc.tuple(numbers, fc.constantFrom(...WAYS)).map(([number, write]) => write(number))
}

const digits = (min: number, max: number) =>
  fc.array(fc.nat({ max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''))

/** A number of Brazil with its country code that has one form: a landline, or a mobile number that was given with nine digits. */
export const oneForm: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...AREAS),
    fc.constantFrom('', '9'),
    fc.integer({ min: 20_000_000, max: 59_999_999 }),
  )
  .map(([area, ninth, number]) => `55${area}${ninth}${number}`)

/** Ids that are their own keys. */
export const otherIds: fc.Arbitrary<string> = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  oneForm,
  digits(1, 11),
  digits(14, 20),
  digits(12, 13).filter((id) => !id.startsWith('55')),
  digits(8, 8).map((id) => `549${11}${id}`),
  digits(10, 10).map((id) => `521${id}`),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_:.-]{0,20}$/),
  fc.stringMatching(/^\d{1,8}[A-Za-z_/.-][A-Za-z0-9-]{0,20}$/),
  fc.tuple(digits(4, 4), digits(2, 2), digits(4, 6)).map((parts) => parts.join('-')),
  digits(15, 18).map((id) => `${id}@g.us`),
  fc.tuple(digits(12, 13), digits(10, 10)).map(([owner, made]) => `${owner}-${made}@g.us`),
  digits(15, 18).map((id) => `${id}@newsletter`),
  digits(10, 10).map((id) => `${id}@broadcast`),
  digits(14, 15).map((id) => `${id}@lid`),
)
