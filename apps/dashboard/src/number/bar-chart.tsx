import { useState } from 'react'
import { useSpeech } from '../words/speech.tsx'
import { useWidth } from './use-width.ts'

type Bar = { key: string; label: string; value: number }

const HEIGHT = 132
const TOP = 16
const FOOT = 22
const SIDE = 34

/**
 * Bars, the present one last and stronger. Pointing at one shows its name; screen readers get a table.
 * `labelEvery`: every how many bars, counted from the last, one has its name below.
 */
export function BarChart(props: { title: string; bars: readonly Bar[]; labelEvery: number; empty: string }) {
  const { f } = useSpeech()
  const { title, bars, labelEvery, empty } = props
  const [pointed, setPointed] = useState<number | null>(null)
  const [figure, width] = useWidth()
  const top = ceiling(Math.max(0, ...bars.map((bar) => bar.value)))
  const step = (width - SIDE) / Math.max(1, bars.length)
  const widthOf = Math.min(44, step * 0.72)
  const scale = HEIGHT - TOP - FOOT
  const last = bars.length - 1
  const isEmpty = bars.every((bar) => bar.value === 0)
  return (
    <figure className="chart" ref={figure}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" onPointerLeave={() => setPointed(null)}>
        {[1, 0.5].map((part) => (
          <g key={part}>
            <line
              className="chart-line"
              x1={SIDE}
              x2={width}
              y1={HEIGHT - FOOT - scale * part}
              y2={HEIGHT - FOOT - scale * part}
            />
            {Number.isInteger(top * part) && !isEmpty && (
              <text className="chart-word" x={SIDE - 8} y={HEIGHT - FOOT - scale * part + 4} textAnchor="end">
                {f.number(top * part)}
              </text>
            )}
          </g>
        ))}
        <line className="chart-base" x1={SIDE} x2={width} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        {bars.map((bar, index) => {
          const height = top === 0 ? 0 : (bar.value / top) * scale
          const x = SIDE + step * index + (step - widthOf) / 2
          return (
            <g key={bar.key} onPointerEnter={() => setPointed(index)}>
              <rect
                className="chart-ground"
                x={SIDE + step * index}
                y={0}
                width={step}
                height={HEIGHT - FOOT}
              />
              <rect
                className="chart-bar"
                data-now={index === last || undefined}
                data-pointed={index === pointed || undefined}
                x={x}
                y={HEIGHT - FOOT - height}
                width={widthOf}
                height={height}
                rx={Math.min(3, height / 2)}
              />
              {(last - index) % labelEvery === 0 && (
                <text
                  className="chart-word"
                  x={x + widthOf / 2}
                  y={HEIGHT - 5}
                  textAnchor={index === last && labelEvery > 1 ? 'end' : 'middle'}
                  dx={index === last && labelEvery > 1 ? widthOf / 2 + 2 : 0}
                >
                  {bar.label}
                </text>
              )}
            </g>
          )
        })}
      </svg>
      <figcaption className="chart-caption figures" aria-hidden="true">
        {isEmpty
          ? empty
          : pointed === null
            ? title
            : `${bars[pointed]?.label}: ${f.number(bars[pointed]?.value ?? 0)}`}
      </figcaption>
      <table className="unseen">
        <caption>{title}</caption>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key}>
              <th scope="row">{bar.label}</th>
              <td>{f.number(bar.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

/** The top of the scale: the next of 1, 2, 5, 10, 20, 50, … or an even one close above. */
function ceiling(highest: number): number {
  if (highest <= 1) return highest
  const magnitude = 10 ** Math.floor(Math.log10(highest))
  for (const step of [1, 2, 4, 6, 8, 10]) if (step * magnitude >= highest) return step * magnitude
  return highest
}
