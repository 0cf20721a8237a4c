import type { Explanation, Instance, Pairing } from './connection/open-client.ts'

export type Reason = NonNullable<Instance['unavailableReason']>

/** Why a number cannot serve, as what follows its name: "vendas-01 is paused". */
const REASON_WORDS: Record<Reason, string> = {
  EXCLUDED: 'is excluded by this call',
  BANNED: 'is banned',
  DISCONNECTED: 'is disconnected',
  CONNECTING: 'is connecting',
  UNKNOWN: 'has an unknown status',
  PAUSED: 'is paused',
  DUPLICATE_PHONE: 'has the phone of another number, which serves it',
  DAILY_LIMIT: 'reached its daily limit',
  HOURLY_LIMIT: 'reached its hourly limit',
}

/** Why a number cannot serve; a reason that a newer API knows stands as it came. */
export function reasonWords(reason: Reason): string {
  return REASON_WORDS[reason] ?? reason
}

/** What is to be noted of a number beside its status, in a few words; empty when nothing. */
export function noteOf(instance: Instance): string {
  const { status, statusReason, unavailableReason } = instance
  const reason = statusReason === null ? '' : statusReason.toLowerCase().replaceAll('_', ' ')
  const why = reason === status ? '' : reason
  if (status === 'connected') {
    if (unavailableReason === 'DUPLICATE_PHONE') return join(why, `same phone as ${instance.duplicateOf}`)
    if (unavailableReason === 'DAILY_LIMIT') return join(why, 'daily limit reached')
    if (unavailableReason === 'HOURLY_LIMIT') return join(why, 'hourly limit reached')
  }
  return join(why, pauseWords(instance))
}

/** "paused", with why where somebody said so; empty when it is not. */
export function pauseWords({ paused, pauseReason }: Pick<Instance, 'paused' | 'pauseReason'>): string {
  if (!paused) return ''
  return pauseReason === null ? 'paused' : `paused: ${pauseReason}`
}

function join(...words: string[]): string {
  return words.filter((word) => word !== '').join(', ')
}

type NotReady = Extract<Pairing, { state: 'not_ready' }>['reason']

/** Why there is no code to scan, each with what comes next. */
export const NOT_READY_WORDS: Record<NotReady, string> = {
  qr_pending:
    'Evolution is still making the code, which usually takes some seconds. If this does not change, Evolution may not reach WhatsApp: check its internet.',
  qr_limit_reached: 'No code was scanned in time, and Evolution stopped making codes. Run the command again.',
  reconnecting:
    'The number is paired already and reconnects, so there is nothing to scan. If it takes several minutes, check the phone and its internet.',
  evolution_unreachable:
    'Evolution does not answer. Check its server and the network. This continues when it answers again.',
}

/** What a reservation did to the contact's number. */
export const PREFERENCE_WORDS: Record<string, string> = {
  kept: 'its own number, as before',
  assigned: 'its number from now on',
  moved: 'moved here, its number from now on',
  borrowed: 'borrowed for this message',
  none: '',
}

export type Candidate = Explanation['candidates'][number]

const NEXT_VERBS: Record<string, string> = {
  NEVER_CONNECTED: 'connect',
  WAITING_FOR_SCAN: 'connect',
  QR_LIMIT_REACHED: 'connect',
  CLOSED: 'connect',
  LOGGED_OUT: 'connect',
  LOGGED_OUT_BY_PHONE: 'connect',
  LOGIN_REFUSED: 'connect',
  RECONNECTING_TOO_LONG: 'restart',
  WRONG_PHONE: 'logout',
  REPLACED: 'logout',
  NOT_ON_EVOLUTION: 'create',
}

/** The command that does what a number's `action` advises; null where it is nothing that a command does. */
export function nextCommand({ name, statusReason, paused }: Instance): string | null {
  const verb = NEXT_VERBS[statusReason ?? ''] ?? (paused ? 'resume' : undefined)
  return verb === undefined ? null : `zapfleet instances ${verb} ${name}`
}
