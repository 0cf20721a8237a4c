import type { AlertRoute, FleetInputs } from '../api/open-client.ts'
import { isHttpAddress } from './endpoint-draft.ts'

export type NewRoute = FleetInputs['alertRoute']['create']
export type RouteUpdate = FleetInputs['alertRoute']['update']
export type RouteKind = AlertRoute['kind']

export const KINDS = ['slack', 'telegram', 'email', 'webhook'] as const satisfies RouteKind[]
export const SEVERITIES = ['critical', 'warning', 'info'] as const satisfies AlertRoute['minSeverity'][]

/** What was typed for an alert route. A secret of a stored route is empty until another is typed. */
export type RouteDraft = {
  kind: RouteKind
  name: string
  webhookUrl: string
  botToken: string
  chatId: string
  to: string
  smtpUrl: string
  /** Forget the stored mail server. */
  usesDefaultSmtp: boolean
  url: string
  secret: string
  minSeverity: AlertRoute['minSeverity']
  isQuiet: boolean
  quietFrom: string
  quietTo: string
  language: AlertRoute['language']
}

const RECIPIENTS_MAX = 20
const SECRET_MIN = 16
const E_MAIL = /^[^\s@,;:<>"()[\]\\]+@[^\s@,;:<>"()[\]\\]+$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** The draft of a stored route, or of a new one whose texts are in the language of the page. */
export function draftOf(route: AlertRoute | null, language: AlertRoute['language']): RouteDraft {
  return {
    kind: route?.kind ?? 'slack',
    name: route?.name ?? '',
    webhookUrl: '',
    botToken: '',
    chatId: route?.address.chatId ?? '',
    to: route?.address.to?.join(', ') ?? '',
    smtpUrl: '',
    usesDefaultSmtp: false,
    url: '',
    secret: '',
    minSeverity: route?.minSeverity ?? 'warning',
    isQuiet: (route?.quietHours ?? null) !== null,
    quietFrom: route?.quietHours?.from ?? '22:00',
    quietTo: route?.quietHours?.to ?? '07:00',
    language: route?.language ?? language,
  }
}

/** The fields that the API would refuse. In a stored route an empty secret stays as it is. */
export function routeProblems(draft: RouteDraft, isStored: boolean): ReadonlySet<keyof RouteDraft> {
  const problems = new Set<keyof RouteDraft>()
  const isKept = (text: string) => isStored && text.trim() === ''
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(draft.name.trim())) problems.add('name')
  if (draft.kind === 'slack' && !isKept(draft.webhookUrl) && !isHttpAddress(draft.webhookUrl))
    problems.add('webhookUrl')
  if (draft.kind === 'telegram') {
    if (!isKept(draft.botToken) && !/^\d+:[A-Za-z0-9_-]{1,190}$/.test(draft.botToken.trim()))
      problems.add('botToken')
    if (draft.chatId.trim() === '') problems.add('chatId')
  }
  if (draft.kind === 'email') {
    const to = recipientsOf(draft.to)
    if (to.length === 0 || to.length > RECIPIENTS_MAX || !to.every((one) => E_MAIL.test(one)))
      problems.add('to')
    if (draft.smtpUrl.trim() !== '' && !/^smtps?:\/\/[^/]/i.test(draft.smtpUrl.trim()))
      problems.add('smtpUrl')
  }
  if (draft.kind === 'webhook') {
    if (!isKept(draft.url) && !isHttpAddress(draft.url)) problems.add('url')
    if (draft.secret.trim() !== '' && draft.secret.trim().length < SECRET_MIN) problems.add('secret')
  }
  if (draft.isQuiet) {
    if (!TIME.test(draft.quietFrom)) problems.add('quietFrom')
    if (!TIME.test(draft.quietTo) || draft.quietTo === draft.quietFrom) problems.add('quietTo')
  }
  return problems
}

/** The call that creates the route of a draft without problems. */
export function newRouteOf(draft: RouteDraft): NewRoute {
  const { minSeverity, language } = draft
  const common = { name: draft.name.trim(), minSeverity, language, quietHours: quietHoursOf(draft) }
  switch (draft.kind) {
    case 'slack':
      return { kind: 'slack', webhookUrl: draft.webhookUrl.trim(), ...common }
    case 'telegram':
      return { kind: 'telegram', botToken: draft.botToken.trim(), chatId: draft.chatId.trim(), ...common }
    case 'email':
      return { kind: 'email', to: recipientsOf(draft.to), ...typed('smtpUrl', draft), ...common }
    case 'webhook':
      return { kind: 'webhook', url: draft.url.trim(), ...typed('secret', draft), ...common }
  }
}

/** The call that stores what was changed of a route. A secret is sent only where one was typed. */
export function routeUpdateOf(draft: RouteDraft, route: AlertRoute): RouteUpdate {
  const { kind, minSeverity, language } = draft
  const quietHours = quietHoursOf(draft)
  const to = recipientsOf(draft.to)
  return {
    name: route.name,
    ...(kind === 'slack' ? typed('webhookUrl', draft) : {}),
    ...(kind === 'telegram' ? typed('botToken', draft) : {}),
    ...(kind === 'telegram' && draft.chatId.trim() !== route.address.chatId
      ? { chatId: draft.chatId.trim() }
      : {}),
    ...(kind === 'email' && to.join() !== route.address.to?.join() ? { to } : {}),
    ...(kind !== 'email' ? {} : draft.usesDefaultSmtp ? { smtpUrl: null } : typed('smtpUrl', draft)),
    ...(kind === 'webhook' ? { ...typed('url', draft), ...typed('secret', draft) } : {}),
    ...(minSeverity === route.minSeverity ? {} : { minSeverity }),
    ...(language === route.language ? {} : { language }),
    ...(quietHours?.from === route.quietHours?.from && quietHours?.to === route.quietHours?.to
      ? {}
      : { quietHours }),
  }
}

function quietHoursOf({ isQuiet, quietFrom, quietTo }: RouteDraft): AlertRoute['quietHours'] {
  return isQuiet ? { from: quietFrom, to: quietTo } : null
}

/** E-mail addresses, with commas, semicolons or spaces between them. */
function recipientsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((one) => one !== '')
}

type SecretField = 'webhookUrl' | 'botToken' | 'smtpUrl' | 'url' | 'secret'

function typed<Field extends SecretField>(field: Field, draft: RouteDraft): { [Key in Field]?: string } {
  const text = draft[field].trim()
  return (text === '' ? {} : { [field]: text }) as { [Key in Field]?: string }
}
