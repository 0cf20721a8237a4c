import { Icon } from '../design/icon.tsx'
import type { Severity } from './open-alerts.ts'
import { useAlertWords } from './use-words.ts'

const SHOWN = {
  critical: { tone: 'bad', icon: 'alarm' },
  warning: { tone: 'warn', icon: 'warn' },
  info: { tone: 'idle', icon: 'info' },
} as const

/** How urgent an alert is, by icon, word and colour. */
export function SeverityWord({ severity }: { severity: Severity }) {
  const words = useAlertWords()
  const { tone, icon } = SHOWN[severity]
  return (
    <span className="status" data-tone={tone}>
      <Icon name={icon} />
      {words.severity[severity]}
    </span>
  )
}
