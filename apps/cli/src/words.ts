import type { FleetError, NextStep } from '@zapfleet/client'
import { ACTIONS_PT_BR, adviceCode, STATUS_REASONS_PT_BR } from '@zapfleet/words'
import { holdWords, isFullForNew } from './budget-words.ts'
import type { Explanation, Instance, Pairing, StatusChange } from './connection/open-client.ts'
import { isPortuguese, t, translated } from './language.ts'
import { stamp } from './terminal/instant.ts'
import { ERRORS_PT_BR } from './words/pt-br/program.ts'

export type Reason = NonNullable<Instance['unavailableReason']>

/** Why a number cannot serve, as what follows its name: "vendas-01 is paused". */
const reasons = (): Record<Reason, string> => ({
  EXCLUDED: t`is excluded by this call`,
  OTHER_POOL: t`is not in this pool`,
  BANNED: t`is banned`,
  DISCONNECTED: t`is disconnected`,
  CONNECTING: t`is connecting`,
  UNKNOWN: t`has an unknown status`,
  PAUSED: t`is paused`,
  DUPLICATE_PHONE: t`has the phone of another number, which serves it`,
  NOT_DELIVERING: t`does not deliver messages`,
  DRAINING: t`gets no new contacts`,
  OUTSIDE_HOURS: t`is outside its hours`,
  DAILY_LIMIT: t`reached its daily limit`,
  HOURLY_LIMIT: t`reached its hourly limit`,
  RESTRICTED: t`may write only to people who know it`,
  NEW_CONTACT_LIMIT: t`reached its limit for new contacts`,
  PACING: t`waits between two messages`,
})

/** Why a number cannot serve; an unknown reason of a newer API stays as it is. */
export function reasonWords(reason: Reason): string {
  return reasons()[reason] ?? reason
}

/** The note of a number beside its status, in a few words; may be empty. */
export function noteOf(instance: Instance): string {
  const { status, statusReason, unavailableReason } = instance
  const why = statusReason?.toLowerCase() === status ? '' : statusReasonWords(statusReason)
  if (status === 'connected') {
    if (unavailableReason === 'DUPLICATE_PHONE') return join(why, t`same phone as ${instance.duplicateOf}`)
    if (unavailableReason === 'NOT_DELIVERING') return join(why, t`its messages do not arrive`)
    const restricted = join(
      instance.restriction ? t`may write only to people who know it` : '',
      instance.draining ? t`gets no new contacts` : '',
      isFullForNew(instance) ? t`no room for new people` : '',
    )
    if (unavailableReason === 'OUTSIDE_HOURS') return join(why, t`outside its hours`, restricted)
    if (unavailableReason === 'DAILY_LIMIT') return join(why, t`daily limit reached`, restricted)
    if (unavailableReason === 'HOURLY_LIMIT') return join(why, t`hourly limit reached`, restricted)
    return join(why, pauseWords(instance), restricted)
  }
  return join(why, pauseWords(instance))
}

/** "paused", with the reason if there is one; empty when it is not paused. */
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

const deliveries = (): Record<Instance['delivery']['state'], string> => ({
  ok: t`its messages arrive`,
  unproven: t`no evidence yet`,
  failing: t`its messages do not arrive`,
})

/** Whether the messages of a number arrive. */
export function deliveryWords({ delivery }: Instance): string {
  return deliveries()[delivery.state] ?? delivery.state
}

/** The restriction of a number by WhatsApp, and its end. */
export function restrictionWords({ until, source }: NonNullable<Instance['restriction']>): string {
  const end = until === null ? t`no end known` : t`until ${stamp(until)}`
  return source === 'operator' ? end : t`inferred from failed messages, ${end}`
}

/** Entries of the history beside reasons of a status. */
const changes = () => ({
  DUPLICATE_PHONE: t`same phone as another number`,
  NOT_DELIVERING: t`its messages do not arrive`,
  DELIVERING: t`its messages arrive again`,
  RESTRICTED: t`may write only to people who know it`,
  UNRESTRICTED: t`may write to all contacts again`,
  RAMP_ADVANCED: t`its daily limit grew`,
  RAMP_HELD: t`its daily limit did not grow`,
  MOVED: t`moved to another Evolution server`,
})

const isChange = (reason: string): reason is keyof ReturnType<typeof changes> =>
  Object.hasOwn(changes(), reason)

/** Why a number has its status, in a few words; empty when nothing is known. A code of a newer API stays as it is. */
export function statusReasonWords(reason: StatusChange['reason']): string {
  if (reason === null) return ''
  if (isChange(reason)) return changes()[reason]
  const words = isPortuguese() ? STATUS_REASONS_PT_BR[reason] : undefined
  return words ?? reason.toLowerCase().replaceAll('_', ' ')
}

/** Why the history has an entry; a night of a ramp with the limit that it gave, and why it did not grow. */
export function changeWords({ reason, evidence }: StatusChange): string {
  const words = statusReasonWords(reason)
  const { limitToday, heldBecause } = evidence ?? {}
  if ((reason !== 'RAMP_ADVANCED' && reason !== 'RAMP_HELD') || typeof limitToday !== 'number') return words
  const limit = t`${words}: ${limitToday} today`
  return typeof heldBecause === 'string' ? `${limit}, ${holdWords(heldBecause)}` : limit
}

/** What an operator should do: the sentence of the API, or its Portuguese counterpart. */
export function actionWords(instance: Instance): string | null {
  const { action, duplicateOf } = instance
  const code = adviceCode(instance)
  if (!isPortuguese() || code === null) return action
  if (code === 'DUPLICATE_PHONE')
    return t`Its phone is also connected as ${duplicateOf}, which serves it. Log one of the two out, or delete it.`
  return ACTIONS_PT_BR[code] ?? action
}

type NotReady = Extract<Pairing, { state: 'not_ready' }>['reason']

const notReady = (): Record<NotReady, string> => ({
  qr_pending: t`Evolution is still making the code, which usually takes some seconds. If this does not change, Evolution may not reach WhatsApp: check its internet.`,
  qr_limit_reached: t`No code was scanned in time, and Evolution stopped making codes. Run the command again.`,
  reconnecting: t`The number is paired already and reconnects, so there is nothing to scan. If it takes several minutes, check the phone and its internet.`,
  evolution_unreachable: t`Evolution does not answer. Check its server and the network. This continues when it answers again.`,
})

/** Why there is no code to scan, and what happens next. */
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

const NEXT_VERBS: Readonly<Record<NextStep, string | null>> = {
  scan: 'connect',
  restart: 'restart',
  log_out: 'logout',
  create: 'create',
  resume: 'resume',
  activate_licence: null,
}

/** The command of a number's next step; null where no command does it. */
export function nextCommand({ name, nextStep }: Instance): string | null {
  const verb = nextStep && NEXT_VERBS[nextStep]
  return verb ? `zapfleet instances ${verb} ${name}` : null
}

/** A sentence of the API, which is English; in Portuguese it follows the meaning of its next step, or of its code. */
export function apiWords({
  code,
  message,
  nextStep,
}: Pick<FleetError, 'code' | 'message' | 'nextStep'>): string {
  if (!isPortuguese()) return message
  const [, kind, unknown] = (code === 'NOT_FOUND' && /no (instance|server) named "(.+?)"/.exec(message)) || []
  if (kind === 'instance') return `Não existe um número chamado "${unknown}".`
  if (kind === 'server')
    return `Não existe um servidor chamado "${unknown}". Veja todos com: zapfleet servers list`
  const meaning = ERRORS_PT_BR[nextStep ?? code]
  return meaning === undefined ? message : `${meaning} (API: ${message})`
}
