export { isCountry, readPhone } from './e164.ts'
