import type { Alert } from '../api/open-client.ts'

export type Severity = Alert['severity']

const URGENCY: readonly Severity[] = ['critical', 'warning', 'info']

/** Rules whose subject is a number. */
const ABOUT_NUMBERS: ReadonlySet<Alert['rule']> = new Set<Alert['rule']>([
  'number_banned',
  'number_down',
  'number_failing',
  'number_restricted',
  'wrong_phone',
  'sends_failing',
])

/** The number that an alert is about; null: it is about the fleet, Evolution, a webhook or a route. */
export function numberOf({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): string | null {
  return ABOUT_NUMBERS.has(rule) ? subject : null
}

/** An alert with those that it explains. */
export type AlertGroup = { alert: Alert; explained: Alert[] }

/** Open alerts, the most urgent first, then the newest. An alert that another open one explains is with that one. */
export function groupAlerts(open: readonly Alert[]): AlertGroup[] {
  const byId = new Map(open.map((alert) => [alert.id, alert]))
  const isExplained = ({ id, cause }: Alert) => cause !== null && cause !== id && byId.has(cause)
  return open
    .filter((alert) => !isExplained(alert))
    .map((alert) => ({
      alert,
      explained: open.filter((one) => isExplained(one) && rootOf(one, byId) === alert.id),
    }))
    .sort(
      (one, other) =>
        URGENCY.indexOf(one.alert.severity) - URGENCY.indexOf(other.alert.severity) ||
        other.alert.openedAt.localeCompare(one.alert.openedAt),
    )
}

/** The id of the alert at the end of a chain of causes. */
function rootOf(alert: Alert, byId: ReadonlyMap<string, Alert>): string {
  let root = alert
  for (let steps = 0; steps < byId.size; steps++) {
    const cause = root.cause === null ? undefined : byId.get(root.cause)
    if (cause === undefined || cause === root) break
    root = cause
  }
  return root.id
}

/** The first line of a text of an alert, and the others without the address of the page, which is open already. */
export function linesOf(text: string): { title: string; lines: string[] } {
  const [title = '', ...lines] = text.split('\n')
  return { title, lines: lines.filter((line) => line !== '' && !/^[^:]+: https?:\/\/\S+$/.test(line)) }
}

/** `What to do: …` as its label and the rest; a line without a label has null. */
export function labelOf(line: string): { label: string | null; rest: string } {
  const [, label, rest] = /^([^:,.]{3,30}): (.+)$/.exec(line) ?? []
  return label === undefined || rest === undefined ? { label: null, rest: line } : { label, rest }
}
