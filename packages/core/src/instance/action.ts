import type { Status } from './status.ts'

/** Why an instance has its status, where the status alone does not say. */
export const STATUS_REASONS = [
  'NEVER_CONNECTED',
  'WAITING_FOR_SCAN',
  'RECONNECTING',
  'CLOSED',
  'LOGGED_OUT',
  'LOGGED_OUT_BY_PHONE',
  'NOT_ON_EVOLUTION',
  'BANNED',
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_UNCLEAR',
] as const

export type StatusReason = (typeof STATUS_REASONS)[number]

const sentences: Record<StatusReason, string> = {
  NEVER_CONNECTED: 'Scan its QR code with the phone to connect it.',
  WAITING_FOR_SCAN: 'Scan the QR code with the phone.',
  RECONNECTING:
    'Wait, Evolution reconnects by itself; if it lasts for minutes, look at the phone and its internet.',
  CLOSED: 'Scan the QR code again.',
  LOGGED_OUT: 'Scan the QR code again when the number should come back.',
  LOGGED_OUT_BY_PHONE: 'The phone removed this device: scan the QR code again.',
  NOT_ON_EVOLUTION: 'Evolution does not have this instance: create it again, or delete it here.',
  BANNED: 'The number is banned: appeal in the WhatsApp app, and replace it meanwhile.',
  EVOLUTION_UNREACHABLE: 'Evolution does not answer: check the server, its address and its key.',
  EVOLUTION_UNCLEAR: "Evolution's answer was not understood: look at its log and version.",
}

/** The sentence that tells an operator what to do; null when nothing is to be done. */
export function actionFor(status: Status, reason: string | null, paused: boolean): string | null {
  if (status === 'connected') return paused ? 'It is paused: unpause it when it should send again.' : null
  const known = sentences[reason as StatusReason]
  if (known) return known
  if (status === 'banned') return sentences.BANNED
  if (status === 'disconnected') return sentences.CLOSED
  if (status === 'connecting') return sentences.RECONNECTING
  return 'Wait for the next health round.'
}
