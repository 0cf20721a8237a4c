import type { Delivery, FailureReason } from './delivery.ts'
import type { Status } from './status.ts'

/** Why an instance has its status, where the status alone is not enough. Closed: the API answers no other word. */
export const STATUS_REASONS = [
  'NEVER_CONNECTED',
  'WAITING_FOR_SCAN',
  'QR_LIMIT_REACHED',
  'NO_QR_CODE',
  'RECONNECTING',
  'RECONNECTING_TOO_LONG',
  'FLAPPING',
  'REPLACED',
  'CLOSED',
  'LOGGED_OUT',
  'LOGGED_OUT_BY_PHONE',
  'LOGIN_REFUSED',
  'WRONG_PHONE',
  'NOT_ON_EVOLUTION',
  'BANNED',
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_UNLICENSED',
  'EVOLUTION_REFUSES_KEY',
  'EVOLUTION_UNCLEAR',
] as const

export type StatusReason = (typeof STATUS_REASONS)[number]

/** What an operator does next with an instance, as a code. Closed, too. */
export const NEXT_STEPS = ['scan', 'restart', 'log_out', 'create', 'resume', 'activate_licence'] as const

export type NextStep = (typeof NEXT_STEPS)[number]

/**
 * What an operator does next: a sentence, null when nothing is to be done, and its first act as a code, null where no call
 * of zapfleet is that act.
 */
export type Advice = { action: string | null; nextStep: NextStep | null }

const NOTHING: Advice = { action: null, nextStep: null }

const BY_REASON: Readonly<Record<StatusReason, Advice>> = {
  NEVER_CONNECTED: { action: 'Scan its QR code with the phone to connect it.', nextStep: 'scan' },
  WAITING_FOR_SCAN: { action: 'Scan the QR code with the phone.', nextStep: 'scan' },
  QR_LIMIT_REACHED: {
    action: 'No QR code was scanned in time: request a new one and scan it.',
    nextStep: 'scan',
  },
  NO_QR_CODE: {
    action:
      'WhatsApp gives Evolution no QR code: if other numbers are connected, update Evolution, whose version of WhatsApp Web is refused; else check the internet of Evolution.',
    nextStep: null,
  },
  RECONNECTING: {
    action: 'Wait, Evolution reconnects automatically; if it lasts for minutes, check the phone.',
    nextStep: null,
  },
  RECONNECTING_TOO_LONG: {
    action:
      'Evolution has tried to reconnect for more than 5 minutes: check the phone and its internet, then Evolution; if both work, restart the instance.',
    nextStep: 'restart',
  },
  FLAPPING: {
    action:
      'It disconnects again and again: check the internet of Evolution and of the phone, and whether another program uses the same number.',
    nextStep: null,
  },
  REPLACED: {
    action:
      'Two connections with the same login replace each other every second: log it out here, then scan the QR code again. If a second Evolution uses the same database, stop it first.',
    nextStep: 'log_out',
  },
  CLOSED: {
    action: 'It closed without a reason from Evolution: wait a minute, then scan the QR code again.',
    nextStep: 'scan',
  },
  LOGGED_OUT: { action: 'Scan the QR code again when the number should come back.', nextStep: 'scan' },
  LOGGED_OUT_BY_PHONE: { action: 'The phone removed this device: scan the QR code again.', nextStep: 'scan' },
  LOGIN_REFUSED: { action: 'WhatsApp refused its login: scan the QR code again.', nextStep: 'scan' },
  WRONG_PHONE: {
    action:
      'Another phone than the registered number is paired: log it out and scan with the right phone, or correct the number here.',
    nextStep: 'log_out',
  },
  NOT_ON_EVOLUTION: {
    action: 'Evolution does not have this instance: create it again, or delete it here.',
    nextStep: 'create',
  },
  BANNED: {
    action:
      'The number is banned: appeal in the WhatsApp app, and replace it meanwhile; once it is free again, scan the QR code.',
    nextStep: null,
  },
  EVOLUTION_UNREACHABLE: {
    action: 'Evolution does not answer: check the server, its address and the network.',
    nextStep: null,
  },
  EVOLUTION_UNLICENSED: {
    action:
      'The licence of Evolution is not activated, so Evolution refuses every call: open its manager (/manager) in a browser and activate the licence.',
    nextStep: 'activate_licence',
  },
  EVOLUTION_REFUSES_KEY: {
    action:
      'Evolution does not accept the key: check that of its server (EVOLUTION_API_KEY, or server.update).',
    nextStep: null,
  },
  EVOLUTION_UNCLEAR: {
    action: "Evolution's answer was not understood: check its log and version.",
    nextStep: null,
  },
}

/** Reads the stored word. Another program may have written any word: one that is not in the list reads as null. */
export function readStatusReason(word: string | null): StatusReason | null {
  return word !== null && Object.hasOwn(BY_REASON, word) ? (word as StatusReason) : null
}

const BY_FAILURE: Readonly<Record<FailureReason, Advice>> = {
  SENDS_REFUSED: {
    action:
      'It reads connected, but Evolution refuses its messages for want of a connection: restart it; if that does not help, check the phone and its internet. It sends again when a test of its connection is answered.',
    nextStep: 'restart',
  },
  NO_RECEIPTS: {
    action:
      'It sends, but nothing is reported of its messages any more, so they probably do not arrive: write to a phone of your own through it; if that does not arrive, restart it. One report brings it back.',
    nextStep: 'restart',
  },
}

const RESTRICTED: Advice = {
  action:
    'WhatsApp lets it write only to people who know it, and new contacts go to other numbers: read the notice in the phone, and store its end here with instance.setRestriction.',
  nextStep: null,
}

/** What is known of an instance beside its status. */
type Trouble = { delivery: Pick<Delivery, 'state' | 'reason'>; isRestricted: boolean }

/** The advice for an instance, by what is known of it. */
export function adviceFor(
  status: Status,
  reason: StatusReason | null,
  paused: boolean,
  duplicateOf: string | null = null,
  { delivery, isRestricted }: Partial<Trouble> = {},
): Advice {
  if (status === 'connected' && paused && reason !== 'WRONG_PHONE')
    return { action: 'It is paused: unpause it when it should send again.', nextStep: 'resume' }
  if (status === 'connected' && duplicateOf !== null && reason !== 'WRONG_PHONE')
    return {
      action: `Its phone is paired with "${duplicateOf}" too, which serves it: log out or delete one of the two, or pair this one with another phone.`,
      nextStep: 'log_out',
    }
  if (status === 'connected' && delivery?.state === 'failing' && reason !== 'WRONG_PHONE')
    return BY_FAILURE[delivery.reason === 'NO_RECEIPTS' ? 'NO_RECEIPTS' : 'SENDS_REFUSED']
  if (reason !== null) return BY_REASON[reason]
  if (status === 'connected') return isRestricted ? RESTRICTED : NOTHING
  if (status === 'banned') return BY_REASON.BANNED
  if (status === 'disconnected') return { action: 'Scan the QR code again.', nextStep: 'scan' }
  if (status === 'connecting') return BY_REASON.RECONNECTING
  return { action: 'Wait for the next health round.', nextStep: null }
}
