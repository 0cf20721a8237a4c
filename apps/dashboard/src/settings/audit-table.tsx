import type { AuditEntry } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { changesOf, outcomeOf } from './audit-changes.ts'
import { useSettingsWords } from './use-words.ts'

const SHOWN = {
  done: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'warn' },
  open: { tone: 'warn', icon: 'unknown' },
} as const

/** Acts, each with what it was about, who did it and how it ended. The details open in place. */
export function AuditTable({ entries, nowMs }: { entries: readonly AuditEntry[]; nowMs: number }) {
  const { w, f } = useSpeech()
  const s = useSettingsWords()
  const { columns } = s.audit
  return (
    <table className="audit-table card" aria-label={s.audit.title}>
      <thead className="audit-head">
        <tr>
          <th scope="col">{columns.time}</th>
          <th scope="col">{columns.act}</th>
          <th scope="col">{columns.key}</th>
          <th scope="col">{columns.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const end = outcomeOf(entry)
          const failures: Record<string, unknown> = w.failure
          const why = entry.outcome === 'CONFLICT' ? s.audit.conflict : failures[entry.outcome ?? '']
          return (
            <tr key={entry.id}>
              <td className="figures audit-time">{f.moment(entry.at, nowMs)}</td>
              <th scope="row" className="audit-what">
                <span className="audit-act">{s.audit.acts[entry.act] ?? entry.act}</span>
                {entry.target !== null && <span className="audit-target">{entry.target}</span>}
                <Details entry={entry} />
              </th>
              <td className="audit-key">{entry.key.label}</td>
              <td className="audit-outcome">
                <span className="status" data-tone={SHOWN[end].tone}>
                  <Icon name={SHOWN[end].icon} />
                  {s.audit.outcomes[end]}
                </span>
                {end === 'failed' && (
                  <span className="audit-why">{typeof why === 'string' ? why : entry.outcome}</span>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Details({ entry }: { entry: AuditEntry }) {
  const { f } = useSpeech()
  const s = useSettingsWords()
  const { act, before, after, address, requestId, tookMs, outcome } = entry
  const changes = changesOf(before, after)
  return (
    <details className="audit-details">
      <summary aria-label={s.audit.moreOf(s.audit.acts[act] ?? act)}>{s.audit.more}</summary>
      {outcome === null && <p>{s.audit.openMore}</p>}
      {changes.length > 0 && (
        <div className="audit-changes">
          <table>
            <thead className="changes-head">
              <tr>
                <th scope="col">{s.audit.field}</th>
                <th scope="col">{s.audit.before}</th>
                <th scope="col">{s.audit.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((one) => (
                <tr key={one.field}>
                  <th scope="row">{s.audit.fields[one.field] ?? one.field}</th>
                  <td>{one.before}</td>
                  <td>{one.after}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <dl>
        <dt>{s.audit.procedure}</dt>
        <dd>
          {act}
          {tookMs !== null && ` (${s.audit.took(f.number(tookMs))})`}
        </dd>
        <dt>{s.audit.address}</dt>
        <dd>{address}</dd>
        <dt>{s.audit.request}</dt>
        <dd>{requestId}</dd>
      </dl>
    </details>
  )
}
