import { Icon } from '../design/icon.tsx'
import { levelOf } from '../design/meter.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { Totals, Window } from './totals.ts'

/** The figures of the fleet: the use of this hour and of today, and how many numbers need a person. */
export function Overview({ totals, onAttention }: { totals: Totals; onAttention: () => void }) {
  const { w, f } = useSpeech()
  return (
    <section className="overview" aria-label={w.fleet.title}>
      <Gauge title={w.fleet.thisHour} window={totals.hour} />
      <Gauge title={w.fleet.today} window={totals.day} />
      <div className="gauge card">
        <h2>{w.fleet.canSend}</h2>
        <p className="gauge-figures figures">
          <strong>{f.number(totals.available)}</strong>
          <span>{w.fleet.ofWhole(f.number(totals.total))}</span>
        </p>
        {totals.attention > 0 ? (
          <button type="button" className="gauge-attention" onClick={onAttention}>
            <Icon name="warn" />
            {w.fleet.needsYou(totals.attention, f.number(totals.attention))}
            <Icon name="arrow" />
          </button>
        ) : (
          <p className="gauge-well">
            <Icon name="connected" />
            {w.fleet.allWell}
          </p>
        )}
        {totals.unavailable.length > 0 && (
          <p className="gauge-why">
            {w.fleet.cannotSend(
              totals.unavailable
                .map(
                  ([reason, count]) =>
                    `${f.number(count)} ${(count === 1 ? w.reason : w.reasonOfSeveral)[reason]}`,
                )
                .join(', '),
            )}
          </p>
        )}
      </div>
    </section>
  )
}

function Gauge({ title, window }: { title: string; window: Window }) {
  const { w, f } = useSpeech()
  const { capacity, sent, remaining, usedPercent } = window
  const share = usedPercent / 100
  return (
    <div className="gauge card" title={w.fleet.capacityHint}>
      <h2>{title}</h2>
      <p className="gauge-figures figures">
        <strong>{f.number(sent)}</strong>
        <span>{w.fleet.ofWhole(f.number(capacity))}</span>
      </p>
      <span
        className="meter gauge-meter"
        data-level={capacity > 0 ? levelOf(capacity - remaining, capacity) : 'idle'}
        aria-hidden="true"
      >
        <span className="meter-fill" style={{ width: `${share * 100}%` }} />
      </span>
      <p className="gauge-foot figures">
        <span>{w.fleet.percentUsed(f.percent(share))}</span>
        <span>{w.fleet.left(f.number(remaining))}</span>
      </p>
    </div>
  )
}
