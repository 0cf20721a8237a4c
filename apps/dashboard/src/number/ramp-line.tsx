import type { Instance } from '../api/open-client.ts'
import { useSpeech } from '../words/speech.tsx'
import { useWidth } from './use-width.ts'

const HEIGHT = 128
const TOP = 30
const FOOT = 22
const SIDE = 8
/** A label at an end gives way to that of the present day when they are closer than this. */
const LABEL_PX = 56
const DAY_LABEL_PX = 110

/** The limit of each day of a ramp as a line, with a dot at the present day. */
export function RampLine({ ramp }: { ramp: NonNullable<Instance['ramp']> }) {
  const { w, f } = useSpeech()
  const [figure, width] = useWidth()
  const { from, to, day, days, limitToday } = ramp
  const base = HEIGHT - FOOT
  const end = width - SIDE
  const heightOf = (limit: number) => base - (limit / Math.max(to, limitToday)) * (base - TOP)
  const [x, y] = [SIDE + ((day - 1) / (days - 1)) * (end - SIDE), heightOf(limitToday)]
  const isNear = (px: number) => ({ first: x - SIDE < px, last: end - x < px })
  const [values, dates] = [isNear(LABEL_PX), isNear(DAY_LABEL_PX)]
  /** Centred at the dot, but within the picture. */
  const place = (halfPx: number) =>
    x < halfPx
      ? { x: 0, textAnchor: 'start' as const }
      : x > width - halfPx
        ? { x: width, textAnchor: 'end' as const }
        : { x, textAnchor: 'middle' as const }
  return (
    <figure className="chart" ref={figure}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={w.budget.rampPicture(
          f.number(from),
          f.number(to),
          f.number(days),
          f.number(day),
          f.number(limitToday),
        )}
      >
        <polygon
          className="ramp-area"
          points={`${SIDE},${base} ${SIDE},${heightOf(from)} ${x},${y} ${x},${base}`}
        />
        <line className="chart-base" x1={0} x2={width} y1={base} y2={base} />
        <line className="ramp-past" x1={SIDE} y1={heightOf(from)} x2={x} y2={y} />
        <line className="ramp-future" x1={x} y1={y} x2={end} y2={heightOf(to)} />
        <circle className="ramp-dot" cx={x} cy={y} r={5.5} />
        <text className="ramp-now" {...place(20)} y={y - 12}>
          {f.number(limitToday)}
        </text>
        {!values.first && (
          <text className="chart-word" x={0} y={heightOf(from) - 8}>
            {f.number(from)}
          </text>
        )}
        {!values.last && (
          <text className="chart-word" x={width} y={heightOf(to) - 8} textAnchor="end">
            {f.number(to)}
          </text>
        )}
        <text className="ramp-now" {...place(44)} y={HEIGHT - 5}>
          {w.budget.today(f.number(day))}
        </text>
        {!dates.first && (
          <text className="chart-word" x={0} y={HEIGHT - 5}>
            {w.budget.day(f.number(1))}
          </text>
        )}
        {!dates.last && (
          <text className="chart-word" x={width} y={HEIGHT - 5} textAnchor="end">
            {w.budget.day(f.number(days))}
          </text>
        )}
      </svg>
    </figure>
  )
}
