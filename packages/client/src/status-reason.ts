import type { Instance } from './router.ts'

/** Why a number has its status, as a code. */
export type StatusReason = NonNullable<Instance['statusReason']>

/** What an operator does next with a number, as a code. */
export type NextStep = NonNullable<Instance['nextStep']>

// As an object, so that a reason which the API adds fails the type check here.
const ALL: Readonly<Record<StatusReason, true>> = {
  NEVER_CONNECTED: true,
  WAITING_FOR_SCAN: true,
  QR_LIMIT_REACHED: true,
  NO_QR_CODE: true,
  RECONNECTING: true,
  RECONNECTING_TOO_LONG: true,
  FLAPPING: true,
  REPLACED: true,
  CLOSED: true,
  LOGGED_OUT: true,
  LOGGED_OUT_BY_PHONE: true,
  LOGIN_REFUSED: true,
  WRONG_PHONE: true,
  NOT_ON_EVOLUTION: true,
  BANNED: true,
  EVOLUTION_UNREACHABLE: true,
  EVOLUTION_UNLICENSED: true,
  EVOLUTION_REFUSES_KEY: true,
  EVOLUTION_UNCLEAR: true,
}

/** Every value of `statusReason` other than null. A newer zapfleet may answer more. */
export const STATUS_REASONS = Object.keys(ALL) as readonly StatusReason[]
