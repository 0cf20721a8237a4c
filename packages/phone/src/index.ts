export { isBrazilianNational, withNinthDigit, withoutNinthDigit } from './brazilian.ts'
export { isCountry, readNationalPhone, readPhone } from './e164.ts'
