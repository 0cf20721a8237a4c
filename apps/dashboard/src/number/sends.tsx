import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Activity } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { useSpeech } from '../words/speech.tsx'
import { BarChart } from './bar-chart.tsx'

/** The messages of a number, by the hour of the last day or by the day of the last week. */
export function Sends({ activity }: { activity: UseQueryResult<Activity, unknown> }) {
  const { w, f } = useSpeech()
  const [range, setRange] = useState<'day' | 'week'>('day')
  const { data } = activity
  const bars =
    data === undefined
      ? []
      : range === 'day'
        ? data.hours.map(({ at, sent }) => ({ key: at, label: f.clock(at), value: sent }))
        : data.days.map(({ day, sent }) => ({ key: day, label: f.weekday(day), value: sent }))
  const sum = bars.reduce((total, bar) => total + bar.value, 0)
  return (
    <section className="part card">
      <header className="part-head">
        <h2>{w.number.sends}</h2>
        <fieldset className="switch">
          <legend className="unseen">{w.number.range}</legend>
          {(['day', 'week'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === range} onClick={() => setRange(one)}>
              {w.number[one]}
            </button>
          ))}
        </fieldset>
      </header>
      {activity.isError && data === undefined ? (
        <FailureBox error={activity.error} onRetry={() => activity.refetch()} />
      ) : data === undefined ? (
        <span className="bone bone-chart" aria-hidden="true" />
      ) : (
        <>
          <p className="sends-sum figures">
            {range === 'day' ? w.number.sentInDay(f.number(sum)) : w.number.sentInWeek(f.number(sum))}
          </p>
          <Outcomes counts={data.outcomes[range]} />
          <BarChart
            title={range === 'day' ? w.number.perHour : w.number.perDay}
            bars={bars}
            labelEvery={range === 'day' ? 6 : 1}
            empty={w.number.noSends}
          />
        </>
      )}
    </section>
  )
}

const STATUSES = ['read', 'delivered', 'sent', 'failed', 'unknown'] as const

/** How many messages have each outcome; nothing where no outcome was reported. */
function Outcomes({ counts }: { counts: Activity['outcomes']['day'] }) {
  const { w, f } = useSpeech()
  if (STATUSES.every((status) => status === 'unknown' || counts[status] === 0)) return null
  const shown = STATUSES.filter((status) => counts[status] > 0)
  return (
    <p className="quiet figures">
      {shown.map((status) => w.number.outcomes[status](f.number(counts[status]))).join(' · ')}
    </p>
  )
}
