import { readPhone, withoutNinthDigit } from '@zapfleet/phone'
import { FleetError } from '../ground/fleet-error.ts'
import { text } from '../ground/text.ts'
import { INSTANCE_LIMITS } from './limits.ts'

/** A phone number as people write it. Core reads it in the fleet's country, and answers E.164 or refuses it. */
export const phoneNumber = text(INSTANCE_LIMITS.phoneMaxLength).meta({
  description:
    'With its country code, as +5511987654321, or as it is written in the country of DEFAULT_COUNTRY, as (11) 98765-4321.',
})

/**
 * The phone number of an input as E.164. Without a country code it is a number of `country`, ISO 3166.
 *
 * @throws FleetError INVALID_INPUT when it cannot be a phone
 */
export function givenPhone(typed: string, country: string): string {
  const phone = readPhone(typed, country)
  if (phone !== null) return phone
  const message = `phoneNumber: expected a phone number, got ${JSON.stringify(typed.slice(0, INSTANCE_LIMITS.phoneMaxLength))}. Write it with its country code, as +5511987654321; without one it is read as a number of ${country} (DEFAULT_COUNTRY) and needs its area code.`
  throw new FleetError('INVALID_INPUT', message)
}

/** The phone number in a row as E.164: an adopted table holds numbers as people wrote them. Null where there is none. */
export function storedPhone(stored: string | null, country: string): string | null {
  return stored === null ? null : (readPhone(stored, country) ?? phoneOf(stored))
}

/** A phone in digits with its country code. */
export const PHONE_DIGITS = /^[1-9]\d{6,14}$/

/**
 * The number in a WhatsApp id such as `5511988887777:12@s.whatsapp.net`, or in digits with their country code, as E.164; null
 * where there is none.
 */
export function phoneOf(id: string | null): string | null {
  if (id === null || (id.includes('@') && !id.endsWith('@s.whatsapp.net'))) return null
  const digits = id.replace(/[:@].*$/, '').replace(/^\+/, '')
  return PHONE_DIGITS.test(digits) ? `+${digits}` : null
}

/**
 * Whether two numbers, as digits with or without a plus, are the same phone: WhatsApp writes some numbers in two forms, see
 * `canonicalPhone`.
 */
export function isSamePhone(one: string, other: string): boolean {
  return canonicalPhone(one) === canonicalPhone(other)
}

/**
 * One spelling for each phone, as digits. WhatsApp keeps Brazilian mobile numbers of before 2012 without the ninth digit, and
 * writes Mexican mobiles with a 1 and Argentine mobiles with a 9 behind the country code.
 */
export function canonicalPhone(phone: string): string {
  return withoutNinthDigit(phone.replace(/\D/g, ''))
    .replace(/^521(\d{10})$/, '52$1')
    .replace(/^549(\d{10})$/, '54$1')
}
