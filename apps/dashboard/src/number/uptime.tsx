import type { UseQueryResult } from '@tanstack/react-query'
import type { Activity } from '../api/open-client.ts'
import { useSpeech } from '../words/speech.tsx'

/** How much of the last day and week a number was connected. */
export function Uptime({ activity }: { activity: UseQueryResult<Activity, unknown> }) {
  const { w } = useSpeech()
  const { data } = activity
  return (
    <section className="part card">
      <h2>{w.number.uptime}</h2>
      <dl className="uptimes">
        <Share word={w.number.uptimeDay} share={data?.uptime.day} />
        <Share word={w.number.uptimeWeek} share={data?.uptime.week} />
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
