import type { Status } from './status.ts'

/** Why an instance has its status, where the status alone does not say. */
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
  'EVOLUTION_REFUSES_KEY',
  'EVOLUTION_UNCLEAR',
] as const

export type StatusReason = (typeof STATUS_REASONS)[number]

const sentences: Record<StatusReason, string> = {
  NEVER_CONNECTED: 'Scan its QR code with the phone to connect it.',
  WAITING_FOR_SCAN: 'Scan the QR code with the phone.',
  QR_LIMIT_REACHED: 'Nobody scanned its QR codes in time: ask for a new one and scan it.',
  NO_QR_CODE:
    'WhatsApp gives Evolution no QR code: if other numbers are connected, update Evolution, whose version of WhatsApp Web is refused; else check the internet of Evolution.',
  RECONNECTING: 'Wait, Evolution reconnects by itself; if it lasts for minutes, look at the phone.',
  RECONNECTING_TOO_LONG:
    'Evolution has tried to reconnect for more than 5 minutes: look at the phone and its internet, then at Evolution; if both are well, restart the instance.',
  FLAPPING:
    'It falls and comes back again and again: look at the internet of Evolution and of the phone, and whether another program uses the same number.',
  REPLACED:
    'Two connections with the same login replace each other every second: log it out here, then scan the QR code again. If a second Evolution uses the same database, stop it first.',
  CLOSED: 'It closed, and Evolution does not say why: wait a minute, then scan the QR code again.',
  LOGGED_OUT: 'Scan the QR code again when the number should come back.',
  LOGGED_OUT_BY_PHONE: 'The phone removed this device: scan the QR code again.',
  LOGIN_REFUSED: 'WhatsApp refused its login: scan the QR code again.',
  WRONG_PHONE:
    'Another phone than the registered number is paired: log it out and scan with the right phone, or correct the number here.',
  NOT_ON_EVOLUTION: 'Evolution does not have this instance: create it again, or delete it here.',
  BANNED:
    'The number is banned: appeal in the WhatsApp app, and replace it meanwhile; once it is free again, scan the QR code.',
  EVOLUTION_UNREACHABLE: 'Evolution does not answer: check the server, its address and the network.',
  EVOLUTION_REFUSES_KEY: 'Evolution does not accept the key: check EVOLUTION_API_KEY.',
  EVOLUTION_UNCLEAR: "Evolution's answer was not understood: look at its log and version.",
}

/** The sentence that tells an operator what to do; null when nothing is to be done. */
export function actionFor(
  status: Status,
  reason: string | null,
  paused: boolean,
  duplicateOf: string | null = null,
): string | null {
  if (status === 'connected' && paused && reason !== 'WRONG_PHONE')
    return 'It is paused: unpause it when it should send again.'
  if (status === 'connected' && duplicateOf !== null && reason !== 'WRONG_PHONE')
    return `Its phone is paired with "${duplicateOf}" too, which serves it: log out or delete one of the two, or pair this one with another phone.`
  const known = sentences[reason as StatusReason]
  if (known) return known
  if (status === 'connected') return null
  if (status === 'banned') return sentences.BANNED
  if (status === 'disconnected') return 'Scan the QR code again.'
  if (status === 'connecting') return sentences.RECONNECTING
  return 'Wait for the next health round.'
}
