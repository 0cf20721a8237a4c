import { useMayAct } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { SETTINGS_HASH } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { AlertCard } from './alert-card.tsx'
import { History } from './history.tsx'
import { groupAlerts } from './open-alerts.ts'
import { useOpenAlerts } from './use-open-alerts.ts'
import { useAlertWords } from './use-words.ts'
import './alerts.css'

/** The place of alerts: those that are open with what to do, and those that are over. */
export function AlertsView() {
  const { f } = useSpeech()
  const words = useAlertWords()
  const nowMs = useNow(10_000)
  const { data, error, refetch } = useOpenAlerts()
  const groups = groupAlerts(data ?? [])
  return (
    <div className="alerts">
      <h1>{words.title}</h1>
      {error && (
        <FailureBox error={error} {...(data ? {} : { title: words.failedTitle })} onRetry={refetch} />
      )}
      {data === undefined && !error && (
        <div aria-busy="true">
          <p className="unseen" role="status">
            {words.reading}
          </p>
          <span className="bone bone-card" aria-hidden="true" />
        </div>
      )}
      {data !== undefined && groups.length === 0 && <NoneOpen />}
      {groups.length > 0 && (
        <>
          <p className="alerts-lead" role="status">
            {words.lead(f.number(groups.length))}
          </p>
          <ul className="alerts-open">
            {groups.map(({ alert, explained }) => (
              <AlertCard key={alert.id} alert={alert} explained={explained} nowMs={nowMs} />
            ))}
          </ul>
        </>
      )}
      <History nowMs={nowMs} />
    </div>
  )
}

function NoneOpen() {
  const words = useAlertWords()
  const mayAct = useMayAct()
  return (
    <section className="alerts-none card">
      <span className="alerts-none-mark" aria-hidden="true">
        <Icon name="check" />
      </span>
      <h2>{words.emptyTitle}</h2>
      <p>{words.emptyMore}</p>
      {mayAct && <a href={`${SETTINGS_HASH}/alert-routes`}>{words.toRoutes}</a>}
    </section>
  )
}
