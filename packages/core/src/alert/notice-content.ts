import { type Alert, SEVERITIES } from './alert.ts'
import type { Notice, StoredKind } from './notice.ts'
import type { ReportedAlert } from './read-notices.ts'
import type { TextLanguage } from './text-alert.ts'
import { noticeText, pageLine, type TextOptions } from './texts.ts'

/** The message of alertRoute.test. */
const TEST = {
  en: {
    title: 'Test message from zapfleet',
    text: 'This route works. Alerts about your WhatsApp numbers arrive here.',
  },
  'pt-BR': {
    title: 'Mensagem de teste do zapfleet',
    text: 'Esta rota funciona. Os alertas sobre os seus números de WhatsApp chegam aqui.',
  },
} as const satisfies Record<TextLanguage, { title: string; text: string }>

/** A message about alerts as they are now. @param at when it was made */
export function noticeOf(
  { id, kind, at }: { id: string; kind: StoredKind; at: Date },
  alerts: readonly ReportedAlert[],
  options: TextOptions,
): Notice {
  return {
    id,
    kind,
    at,
    severity: mostUrgent(alerts),
    ...noticeText(kind, alerts, options),
    alerts: alerts.map(({ id: alertId, rule, severity, subject, openedAt, closedAt }) => ({
      id: alertId,
      rule,
      severity,
      subject,
      openedAt: openedAt.toISOString(),
      closedAt: closedAt?.toISOString() ?? null,
    })),
  }
}

/** A message that shows that a route works, and that the link to the page opens. */
export function testNotice(
  { id, at }: { id: string; at: Date },
  { language, pageUrl }: Pick<TextOptions, 'language' | 'pageUrl'>,
): Notice {
  const { title, text } = TEST[language]
  const page = pageLine({ language, pageUrl })
  return {
    id,
    kind: 'test',
    at,
    severity: 'info',
    title,
    text: page === null ? text : `${text}\n${page}`,
    alerts: [],
  }
}

function mostUrgent(alerts: readonly Pick<Alert, 'severity'>[]): Alert['severity'] {
  return SEVERITIES.findLast((one) => alerts.some(({ severity }) => severity === one)) ?? 'info'
}
