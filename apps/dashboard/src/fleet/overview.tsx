import { Icon } from '../design/icon.tsx'
import { levelOf } from '../design/meter.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { NewContacts, Totals, Window } from './totals.ts'

/** The figures of the fleet: the use of this hour and of today, and how many numbers need a person. */
export function Overview({ totals, onAttention }: { totals: Totals; onAttention: () => void }) {
  const { w, f } = useSpeech()
  return (
    <section className="overview" aria-label={w.fleet.title}>
      <Gauge title={w.fleet.thisHour} window={totals.hour} />
      <Gauge title={w.fleet.today} window={totals.day} />
      {totals.newContacts.perDay > 0 && <NewContactGauge {...totals.newContacts} />}
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
  return (
    <div className="gauge card" title={w.fleet.capacityHint}>
      <h2>{title}</h2>
      <Figures used={sent} whole={capacity} left={remaining} />
      <p className="gauge-foot figures">
        <span>{w.fleet.percentUsed(f.percent(usedPercent / 100))}</span>
        <span>{w.fleet.left(f.number(remaining))}</span>
      </p>
    </div>
  )
}

/** New contacts of today, where a number has a limit for them. */
function NewContactGauge({ perDay, sentToday, remainingToday, unlimited }: NewContacts) {
  const { w, f } = useSpeech()
  return (
    <div className="gauge card" title={w.fleet.newContactsHint}>
      <h2>{w.budget.newToday}</h2>
      <Figures used={sentToday} whole={perDay} left={remainingToday} />
      <p className="gauge-foot figures">
        <span>{unlimited > 0 && w.fleet.unlimited(unlimited, f.number(unlimited))}</span>
        <span>{w.fleet.left(f.number(remainingToday))}</span>
      </p>
    </div>
  )
}

function Figures({ used, whole, left }: { used: number; whole: number; left: number }) {
  const { w, f } = useSpeech()
  const gone = whole - left
  return (
    <>
      <p className="gauge-figures figures">
        <strong>{f.number(used)}</strong>
        <span>{w.fleet.ofWhole(f.number(whole))}</span>
      </p>
      <span
        className="meter gauge-meter"
        data-level={whole > 0 ? levelOf(gone, whole) : 'idle'}
        aria-hidden="true"
      >
        <span className="meter-fill" style={{ width: `${gone > 0 ? (gone / whole) * 100 : 0}%` }} />
      </span>
    </>
  )
}
