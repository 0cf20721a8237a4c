import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { Instance, StatusChange } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { TONES } from '../design/status.tsx'
import { useSpeech } from '../words/speech.tsx'
import { changeWords, isRampChange } from './change-words.ts'

const FIRST = 15
const MOST = 200

/** The history of a number, newest first: each status, its reason, its duration, and the evidence. */
export function History({ instance, nowMs }: { instance: Instance; nowMs: number }) {
  const { w } = useSpeech()
  const { trpc } = useFleet()
  const [limit, setLimit] = useState(FIRST)
  const { name, status, statusReason, statusSince, delivery, restriction, ramp } = instance
  const [failing, restrictedSince] = [delivery.state === 'failing', restriction?.since]
  const night = ramp && `${ramp.day} ${ramp.heldBecause}`
  const history = useQuery(
    trpc.instance.history.queryOptions({ name, limit }, { placeholderData: (before) => before }),
  )
  const { refetch } = history
  // The stream brought a change that has an entry.
  useEffect(
    () => void refetch(),
    [status, statusReason, statusSince, failing, restrictedSince, night, refetch],
  )
  const changes = history.data
  return (
    <section className="part card">
      <h2>{w.number.history}</h2>
      {history.isError && changes === undefined && (
        <FailureBox error={history.error} onRetry={() => refetch()} />
      )}
      {changes === undefined && !history.isError && <span className="bone bone-chart" aria-hidden="true" />}
      {changes?.length === 0 && <p className="quiet">{w.number.historyEmpty}</p>}
      {changes && changes.length > 0 && (
        <ol className="timeline">
          {changes.map((change, index) => (
            <Change
              key={`${change.at} ${change.to} ${change.reason} ${changes.length - index}`}
              change={change}
              untilMs={index === 0 ? nowMs : Date.parse(changes[index - 1]?.at ?? change.at)}
              nowMs={nowMs}
            />
          ))}
        </ol>
      )}
      {changes && changes.length === limit && limit < MOST && (
        <button type="button" className="link" onClick={() => setLimit(Math.min(MOST, limit * 4))}>
          {w.number.historyMore}
        </button>
      )}
    </section>
  )
}

function Change({ change, untilMs, nowMs }: { change: StatusChange; untilMs: number; nowMs: number }) {
  const { w, f } = useSpeech()
  const { at, from, to, evidence } = change
  const why = changeWords(change, w, f)
  const source = typeof evidence?.source === 'string' ? evidence.source : null
  // That a night is over is no evidence.
  const how =
    source && !isRampChange(change) && ((w.number.source as Record<string, string>)[source] ?? source)
  const seen = Object.entries(evidence ?? {}).filter(([key]) => key !== 'source')
  return (
    <li className="change" data-tone={TONES[to]}>
      <span className="change-mark">
        <Icon name={to} />
      </span>
      <div className="change-text">
        <p className="change-title">
          <strong>{from === null ? w.number.registered : w.status[to]}</strong>
          <time dateTime={at} className="quiet figures">
            {f.moment(at, nowMs)}
          </time>
        </p>
        <p className="change-why">
          {[why, w.number.lasted(f.duration(Math.max(0, untilMs - Date.parse(at)))), how]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {seen.length > 0 && (
          <details className="evidence">
            <summary>{w.number.evidence}</summary>
            <dl>
              {seen.map(([key, value]) => (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  )
}
