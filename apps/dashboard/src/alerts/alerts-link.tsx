import { Icon } from '../design/icon.tsx'
import { ALERTS_HASH } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { groupAlerts } from './open-alerts.ts'
import { useOpenAlerts } from './use-open-alerts.ts'
import './alerts-link.css'

/** The link to the alerts, with how many are open. Those that another one explains do not count. */
export function AlertsLink({ isCurrent }: { isCurrent: boolean }) {
  const { w, f } = useSpeech()
  const { data } = useOpenAlerts()
  const groups = groupAlerts(data ?? [])
  const count = groups.length
  const label = data === undefined ? w.head.alerts : w.head.openAlerts(f.number(count))
  return (
    <a
      className="button button-plain button-icon alerts-link"
      href={ALERTS_HASH}
      aria-label={label}
      title={label}
      aria-current={isCurrent ? 'page' : undefined}
    >
      <Icon name="bell" />
      {count > 0 && (
        <span className="alerts-count figures" data-severity={groups[0]?.alert.severity} aria-hidden="true">
          {f.number(count)}
        </span>
      )}
    </a>
  )
}
