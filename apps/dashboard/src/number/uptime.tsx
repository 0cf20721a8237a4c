import type { UseQueryResult } from '@tanstack/react-query'
import type { Activity } from '../api/open-client.ts'
import { useSpeech } from '../words/speech.tsx'

const DAY_MS = 86_400_000

/** How much of the last day and week a number was connected, or of the shorter time for which that is recorded. */
export function Uptime({ activity, nowMs }: { activity: UseQueryResult<Activity, unknown>; nowMs: number }) {
  const { w, f } = useSpeech()
  const { data } = activity
  const since = data?.uptime.since ?? null
  const knownMs = since === null ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - Date.parse(since))
  const known = w.number.uptimeKnown(f.duration(knownMs))
  return (
    <section className="part card">
      <h2>{w.number.uptime}</h2>
      <dl className="uptimes">
        <Share word={knownMs < DAY_MS ? known : w.number.uptimeDay} share={data?.uptime.day} />
        {knownMs >= DAY_MS && (
          <Share word={knownMs < 7 * DAY_MS ? known : w.number.uptimeWeek} share={data?.uptime.week} />
        )}
      </dl>
    </section>
  )
}

function Share({ word, share }: { word: string; share: number | null | undefined }) {
  const { w, f } = useSpeech()
  return (
    <div className="uptime">
      <dt>{word}</dt>
      <dd className="figures">
        {share === undefined ? (
          '…'
        ) : share === null ? (
          w.number.uptimeUnknown
        ) : (
          <strong>{f.finePercent(share)}</strong>
        )}
      </dd>
      <span className="meter" data-level={share == null ? 'idle' : 'good'} aria-hidden="true">
        <span className="meter-fill" style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
    </div>
  )
}
