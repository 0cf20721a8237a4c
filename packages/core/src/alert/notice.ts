import { type Alert, SEVERITIES } from './alert.ts'

/** The kinds of notices that wait in the database. A test is sent at once. */
export const STORED_KINDS = ['opened', 'closed', 'wave', 'digest'] as const

export type StoredKind = (typeof STORED_KINDS)[number]

export type NoticeKind = StoredKind | 'test'

/** An alert of a notice, for programs. */
export type NoticeAlert = {
  id: string
  rule: Alert['rule']
  severity: Alert['severity']
  subject: string
  /** ISO 8601 in UTC; `closedAt` null: it is open. */
  openedAt: string
  closedAt: string | null
}

/** One message to one route. `id` is the same in every repetition; receivers recognise one by it. */
export type Notice = {
  id: string
  kind: NoticeKind
  severity: Alert['severity']
  at: Date
  /** One line: what. */
  title: string
  /** Several lines: since when, what it means, what to do, where to look. May be empty. */
  text: string
  alerts: readonly NoticeAlert[]
}

const MARKS: Readonly<Record<Alert['severity'] | 'over', string>> = {
  critical: '🔴',
  warning: '🟠',
  info: '🔵',
  over: '🟢',
}

/** How urgent a message is: the severity of the most urgent alert that it reports as open; `over` when all have ended. */
export function urgencyOf({ kind, severity, alerts }: Notice): Alert['severity'] | 'over' {
  if (kind === 'closed') return 'over'
  if (kind !== 'digest') return severity
  const open = alerts.filter(({ closedAt }) => closedAt === null)
  return SEVERITIES.findLast((one) => open.some((alert) => alert.severity === one)) ?? 'over'
}

/** The title for people, after a mark of how urgent it is. That of a test message has none. */
export function headlineOf(notice: Notice): string {
  return notice.kind === 'test' ? notice.title : `${MARKS[urgencyOf(notice)]} ${notice.title}`
}

/** `ok` with an error: it was accepted, and something is wrong all the same, such as one recipient of several. */
export type Sent = { ok: true; error: string | null } | Failed

export type Failed = {
  ok: false
  /** For people, without secrets. */
  error: string
  /** What the receiver requested in `retry-after`, in seconds; null: nothing. */
  retryAfterS: number | null
  /** Whether it refused this message alone, so that others may pass. */
  thisNoticeOnly: boolean
}

/** Statuses by which a receiver refuses one message for its content. */
const REFUSES_CONTENT = [400, 413, 422]

/** A failure by its HTTP status. @param words of the receiver; empty: none */
export function failedBy(status: number, words: string, retryAfterS: number | null): Failed {
  const reason = status >= 300 && status < 400 ? 'redirects are not followed' : words
  return {
    ok: false,
    error: `HTTP ${status}${reason === '' ? '' : `: ${reason}`}`,
    retryAfterS,
    thisNoticeOnly: REFUSES_CONTENT.includes(status),
  }
}

/** A failure without an answer. */
export function unanswered(error: string): Failed {
  return { ok: false, error, retryAfterS: null, thisNoticeOnly: false }
}

/** A text of at most so many characters; the end of a longer one is cut at a line where possible. */
export function shortened(text: string, most: number): string {
  const characters = [...text]
  if (characters.length <= most) return text
  const begin = characters.slice(0, most - 2).join('')
  const line = begin.lastIndexOf('\n')
  return `${line > begin.length / 2 ? begin.slice(0, line) : begin}\n…`
}
