import { RULES, type Rule } from './alert.ts'
import { RULE_TABLE } from './rules.ts'
import {
  type AlertWords,
  type RuleWords,
  subjectOf,
  type TextAlert,
  type TextLanguage,
} from './text-alert.ts'
import { WORDS_EN } from './texts-en.ts'
import { WORDS_PT_BR } from './texts-pt-br.ts'

/** Where and for whom a text is written. */
export type TextOptions = {
  language: TextLanguage
  /** IANA name, for the moments. */
  timeZone: string
  /** Where the page is; null: no link. */
  pageUrl: string | null
}

/** `title`: one line. `text`: several lines, which do not repeat the title. */
export type AlertText = { title: string; text: string }

/** Names that a list shows at most. */
const NAMES_MAX = 10

const WORDS: Readonly<Record<TextLanguage, AlertWords>> = { en: WORDS_EN, 'pt-BR': WORDS_PT_BR }

/** Rules whose subject is an instance. */
const ABOUT_NUMBERS: ReadonlySet<Rule> = new Set<Rule>([
  'number_banned',
  'number_down',
  'number_failing',
  'number_restricted',
  'wrong_phone',
  'sends_failing',
])

/** The text of one alert: what happened, since when, what it means for customers and what to do; of a closed one how it ended. */
export function alertText(alert: TextAlert, options: TextOptions): AlertText {
  const words = WORDS[options.language]
  if (alert.closedAt !== null) return closedText(alert, words, options)
  const { means, opened, todo } = words.rules[alert.rule]
  const wellAt = wellSince(alert)
  const now =
    wellAt === null
      ? [`${words.means}: ${meaning(means, alert)}`, `${words.todo}: ${todo(alert)}`]
      : [words.endsSoon(moment(wellAt, options))]
  return {
    title: opened(alert),
    text: lines([
      `${words.since} ${moment(sinceOf(alert), options)}`,
      namesOf(alert, words),
      ...now,
      link(alert, options),
    ]),
  }
}

/**
 * The text of a notice about one or more alerts. Alerts of one rule are one list, of at most 10 names.
 *
 * @param kind `opened` and `wave`: that they opened, whether they are still open or not; `closed`: that they ended; `digest`: how each is now
 */
export function noticeText(
  kind: 'opened' | 'wave' | 'closed' | 'digest',
  alerts: readonly TextAlert[],
  options: TextOptions,
): AlertText {
  const words = WORDS[options.language]
  const shown =
    kind === 'opened' || kind === 'wave'
      ? alerts.map((one) => ({ ...one, closedAt: null, seenOkAt: null }))
      : alerts
  const [first] = shown
  if (first === undefined) return { title: words.digestTitle(0), text: '' }
  if (kind === 'digest')
    return {
      title: words.digestTitle(shown.length),
      text: lines([
        lines(
          shown.map((one) => digestLine(one, words, options)),
          MANY,
        ),
        pageLine(options),
      ]),
    }
  if (shown.length === 1) return alertText(first, options)
  const groups = RULES.map((rule) => shown.filter((one) => one.rule === rule)).filter(
    ({ length }) => length > 0,
  )
  const [only] = groups
  if (groups.length === 1 && only) return groupText(only, words, options)
  const texts = groups.map((group) => {
    const { title, text } =
      group.length === 1 ? alertText(group[0] as TextAlert, options) : groupText(group, words, options)
    return `${title}\n${text}`
  })
  const title = kind === 'closed' ? words.closedTitle(shown.length) : words.openedTitle(shown.length)
  return { title, text: texts.join('\n\n') }
}

/** The line with the address of the page; null: none is known. @param hash the place in the page */
export function pageLine(
  { language, pageUrl }: Pick<TextOptions, 'language' | 'pageUrl'>,
  hash = '',
): string | null {
  return pageUrl === null ? null : `${WORDS[language].page}: ${pageUrl}/${hash}`
}

/** Lines of a digest at most. */
const MANY = 50

/** Several alerts of one rule, all of them open or all closed. */
function groupText(alerts: readonly TextAlert[], words: AlertWords, options: TextOptions): AlertText {
  const [first] = alerts as [TextAlert]
  const { rules, since, means, todo } = words
  const rule = rules[first.rule]
  const names = listOf(alerts.map(subjectOf), words)
  const address = pageLine(options)
  if (first.closedAt !== null) {
    if (alerts.every(({ facts }) => facts.end === undefined))
      return { title: rule.closedMany(alerts.length), text: lines([names, address]) }
    const ends = alerts.map((one) => endOf(one, words))
    const left = ends.length - NAMES_MAX
    return {
      title: words.closedTitle(alerts.length),
      text: lines([...ends.slice(0, NAMES_MAX), left > 0 ? words.more(left) : null, address]),
    }
  }
  const from = new Date(Math.min(...alerts.map((one) => sinceOf(one).getTime())))
  const todos = new Map<string, string[]>()
  for (const one of alerts) todos.set(rule.todo(one), [...(todos.get(rule.todo(one)) ?? []), subjectOf(one)])
  const acts =
    todos.size === 1
      ? [`${todo}: ${rule.todo(first)}`]
      : [...todos].map(([act, subjects]) => `${todo} (${listOf(subjects, words)}): ${act}`)
  return {
    title: rule.openedMany(alerts.length),
    text: lines([
      names,
      `${since} ${moment(from, options)}`,
      `${means}: ${meaning(rule.means, first)}`,
      ...acts,
      address,
    ]),
  }
}

function closedText(alert: TextAlert, words: AlertWords, options: TextOptions): AlertText {
  const { openedAt, closedAt, seenOkAt } = alert
  // The alert closes some minutes after the end.
  const lastedMs = (seenOkAt ?? closedAt ?? openedAt).getTime() - sinceOf(alert).getTime()
  return {
    title: endOf(alert, words),
    text: lines([`${words.lasted} ${duration(lastedMs)}`, link(alert, options)]),
  }
}

/** How a closed alert ended, in one line. */
function endOf(alert: TextAlert, words: AlertWords): string {
  const { rule, subject, facts } = alert
  const { closed, unrecovered = closed } = words.rules[rule]
  switch (facts.end) {
    case 'removed':
      return words.removed(alert)
    case 'paused':
      return words.paused(subject)
    case 'banned':
      return words.banned(subject)
    case 'unrecovered':
      return unrecovered(alert)
    default:
      return closed(alert)
  }
}

function digestLine(alert: TextAlert, words: AlertWords, options: TextOptions): string {
  const wellAt = wellSince(alert)
  const open = wellAt === null ? words.open : words.wellSince(moment(wellAt, options))
  const state = alert.closedAt === null ? open : `${words.over} ${moment(alert.closedAt, options)}`
  return `${moment(sinceOf(alert), options)}: ${words.rules[alert.rule].opened(alert)} (${words.severity[alert.severity]}, ${state})`
}

function meaning(means: RuleWords['means'], alert: TextAlert): string {
  return typeof means === 'string' ? means : means(alert)
}

/** The numbers of an alert about several. */
function namesOf({ facts }: TextAlert, words: AlertWords): string | null {
  if (!Array.isArray(facts.names) || facts.names.length === 0) return null
  return listOf(facts.names, words, Number(facts.numbers ?? facts.names.length))
}

function listOf(names: readonly string[], words: AlertWords, count = names.length): string {
  const shown = names.slice(0, NAMES_MAX)
  const left = count - shown.length
  return left > 0 ? `${shown.join(', ')} ${words.more(left)}` : shown.join(', ')
}

/** When it began, which may be before it opened. */
function sinceOf({ facts, openedAt }: TextAlert): Date {
  const since = typeof facts.since === 'string' ? new Date(facts.since) : openedAt
  return Number.isNaN(since.getTime()) ? openedAt : since
}

/** Since when the subject of an open alert reads well; null: it does not, or the alert ends for another reason. */
function wellSince({ rule, seenOkAt }: TextAlert): Date | null {
  return RULE_TABLE[rule].endsQuietly ? null : seenOkAt
}

function link({ rule, subject }: TextAlert, options: TextOptions): string | null {
  return pageLine(options, ABOUT_NUMBERS.has(rule) ? `#/numbers/${encodeURIComponent(subject)}` : '')
}

function moment(at: Date, { language, timeZone }: TextOptions): string {
  return at.toLocaleString(language === 'en' ? 'en-GB' : language, {
    timeZone,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
}

/** In minutes, hours and minutes, or days and hours. */
function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Joins the lines that there are. @param most further ones are left out */
function lines(all: readonly (string | null)[], most = Number.POSITIVE_INFINITY): string {
  const shown = all.filter((one) => one !== null)
  return shown.length > most ? [...shown.slice(0, most), '…'].join('\n') : shown.join('\n')
}
