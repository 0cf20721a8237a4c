import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { linesOf } from './open-alerts.ts'
import { SeverityWord } from './severity-word.tsx'
import { useAlertWords } from './use-words.ts'

const FIRST = 30
/** The API returns so many at most. */
const MOST = 200
const READ_EVERY_MS = 15_000

/** The alerts that are over, the newest first. */
export function History({ nowMs }: { nowMs: number }) {
  const { f, language } = useSpeech()
  const words = useAlertWords()
  const { trpc } = useFleet()
  const [limit, setLimit] = useState(FIRST)
  const { data, error, refetch } = useQuery(
    trpc.alert.list.queryOptions(
      { open: false, limit },
      { refetchInterval: READ_EVERY_MS, placeholderData: keepPreviousData },
    ),
  )
  return (
    <section className="alerts-history" aria-label={words.history}>
      <h2>{words.history}</h2>
      <p className="quiet">{words.historyMore}</p>
      {error && <FailureBox error={error} onRetry={refetch} />}
      {data?.length === 0 && <p>{words.noHistory}</p>}
      {data !== undefined && data.length > 0 && (
        <ul className="card">
          {data.map(({ id, severity, openedAt, closedAt, text }) => {
            const lastedMs = Math.max(0, Date.parse(closedAt ?? openedAt) - Date.parse(openedAt))
            return (
              <li key={id} className="past">
                <SeverityWord severity={severity} />
                <p className="past-title">{linesOf(text[language]).title}</p>
                <p className="quiet figures">{words.lasted(f.when(openedAt, nowMs), f.duration(lastedMs))}</p>
              </li>
            )
          })}
        </ul>
      )}
      {data !== undefined && data.length >= limit && limit < MOST && (
        <button type="button" className="button alerts-more" onClick={() => setLimit(MOST)}>
          <Icon name="down" />
          {words.more}
        </button>
      )}
    </section>
  )
}
