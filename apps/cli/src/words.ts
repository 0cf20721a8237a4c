import { ACTIONS_PT_BR, STATUS_REASONS_PT_BR } from '@zapfleet/words'
import type { Explanation, Instance, Pairing } from './connection/open-client.ts'
import { isPortuguese, t, translated } from './language.ts'

export type Reason = NonNullable<Instance['unavailableReason']>

/** Why a number cannot serve, as what follows its name: "vendas-01 is paused". */
const reasons = (): Record<Reason, string> => ({
  EXCLUDED: t`is excluded by this call`,
  BANNED: t`is banned`,
  DISCONNECTED: t`is disconnected`,
  CONNECTING: t`is connecting`,
  UNKNOWN: t`has an unknown status`,
  PAUSED: t`is paused`,
  DUPLICATE_PHONE: t`has the phone of another number, which serves it`,
  DAILY_LIMIT: t`reached its daily limit`,
  HOURLY_LIMIT: t`reached its hourly limit`,
})

/** Why a number cannot serve; a reason that a newer API knows stands as it came. */
export function reasonWords(reason: Reason): string {
  return reasons()[reason] ?? reason
}

/** What is to be noted of a number beside its status, in a few words; empty when nothing. */
export function noteOf(instance: Instance): string {
  const { status, statusReason, unavailableReason } = instance
  const why = statusReason?.toLowerCase() === status ? '' : statusReasonWords(statusReason)
  if (status === 'connected') {
    if (unavailableReason === 'DUPLICATE_PHONE') return join(why, t`same phone as ${instance.duplicateOf}`)
    if (unavailableReason === 'DAILY_LIMIT') return join(why, t`daily limit reached`)
    if (unavailableReason === 'HOURLY_LIMIT') return join(why, t`hourly limit reached`)
  }
  return join(why, pauseWords(instance))
}

/** "paused", with why where somebody said so; empty when it is not. */
export function pauseWords({ paused, pauseReason }: Pick<Instance, 'paused' | 'pauseReason'>): string {
  if (!paused) return ''
  return pauseReason === null ? t`paused` : t`paused: ${pauseReason}`
}

function join(...words: string[]): string {
  return words.filter((word) => word !== '').join(', ')
}

/** A status as a word. */
export function statusWord(status: Instance['status']): string {
  return translated(status)
}

/** Why a number has its status, in a few words; empty when nothing is known. A code of a newer API stands as it came. */
export function statusReasonWords(reason: string | null): string {
  if (reason === null) return ''
  const words = isPortuguese() ? wordsIn(STATUS_REASONS_PT_BR, reason) : undefined
  return words ?? reason.toLowerCase().replaceAll('_', ' ')
}

/** What an operator should do, in the API's words, or in Portuguese by the reason of the status. */
export function actionWords({ action, statusReason, paused, duplicateOf }: Instance): string | null {
  if (action === null || !isPortuguese()) return action
  if (duplicateOf !== null)
    return t`Its phone is also connected as ${duplicateOf}, which serves it. Log one of the two out, or delete it.`
  return wordsIn(ACTIONS_PT_BR, statusReason ?? (paused ? 'PAUSED' : '')) ?? action
}

function wordsIn(words: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined
}

type NotReady = Extract<Pairing, { state: 'not_ready' }>['reason']

const notReady = (): Record<NotReady, string> => ({
  qr_pending: t`Evolution is still making the code, which usually takes some seconds. If this does not change, Evolution may not reach WhatsApp: check its internet.`,
  qr_limit_reached: t`No code was scanned in time, and Evolution stopped making codes. Run the command again.`,
  reconnecting: t`The number is paired already and reconnects, so there is nothing to scan. If it takes several minutes, check the phone and its internet.`,
  evolution_unreachable: t`Evolution does not answer. Check its server and the network. This continues when it answers again.`,
})

/** Why there is no code to scan, with what comes next. */
export function notReadyWords(reason: NotReady): string {
  return notReady()[reason] ?? reason
}

const preferences = (): Record<string, string> => ({
  kept: t`its own number, as before`,
  assigned: t`its number from now on`,
  moved: t`moved here, its number from now on`,
  borrowed: t`borrowed for this message`,
  none: '',
})

/** What a reservation did to the contact's number. */
export function preferenceWords(preference: string): string {
  return preferences()[preference] ?? preference
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
export function nextCommand({ name, statusReason, paused, unavailableReason }: Instance): string | null {
  const otherwise = paused ? 'resume' : unavailableReason === 'DUPLICATE_PHONE' ? 'logout' : undefined
  const verb = NEXT_VERBS[statusReason ?? ''] ?? otherwise
  return verb === undefined ? null : `zapfleet instances ${verb} ${name}`
}
