import { GOAL_TITLES, UNITS } from './goals.ts'
import { aimText, ratioText } from './report.ts'
import type { Verdict } from './verdict.ts'

type Drawn = Exclude<Verdict, { outcome: 'not measured' }>

const WIDTH = 900
const LABEL_WIDTH = 330
const PLOT_WIDTH = 350
const ROW_HEIGHT = 24
const TITLE_HEIGHT = 30
const TOP = 64

/** Readable on white and on black: text and lines follow the reader's colour scheme; met and missed differ in shape, too. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 } .head { font-size: 17px; font-weight: 600 }
  .small { font-size: 11px; fill: #57606a }
  .grid { stroke: #d0d7de } .one { stroke: #57606a }
  .met { fill: #1a7f5a } .missed { fill: none; stroke: #b35900; stroke-width: 2 }
  .aim { stroke: #24292f; stroke-width: 2.5 } .span { stroke: #24292f; stroke-opacity: .55 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9da7b1 } .grid { stroke: #30363d } .one { stroke: #9da7b1 }
    .met { fill: #3fb98a } .missed { stroke: #f0a04b } .aim, .span { stroke: #e6edf3 }
  }`

/**
 * Draws the measured ratios as bars from 1x on a logarithmic scale, with a mark at each goal and a whisker from the worst round
 * to the best. A filled bar is a met goal, a hollow one a missed goal. Returns an SVG document.
 */
export function ratioChart(verdicts: readonly Verdict[], caption: string): string {
  const drawn = verdicts.filter(
    (one): one is Drawn => one.outcome !== 'not measured' && UNITS[one.goal.measure] === 'x',
  )
  const place = scaleOf(drawn)
  const parts: string[] = []
  let y = TOP
  let goal = 0
  for (const verdict of drawn) {
    if (verdict.goal.goal !== goal) {
      goal = verdict.goal.goal
      y += TITLE_HEIGHT
      parts.push(
        text(
          12,
          y - 8,
          `${goal}. ${GOAL_TITLES[goal]}${verdict.goal.sense === 'at most' ? ' (less is better)' : ''}`,
          'title',
        ),
      )
    }
    parts.push(...row(verdict, y, place, ticksOf(drawn)))
    y += ROW_HEIGHT
  }
  const height = y + 34
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>zapfleet against its goals: ratios measured in one run</title>',
    `<style>${STYLE}</style>`,
    text(12, 26, 'zapfleet against its goals', 'head'),
    text(12, 46, `${caption}. Filled: met. Hollow: not met. Thick mark: the goal.`, 'small'),
    ...parts,
    ...ticksOf(drawn).map((tick) => text(place(tick), y + 20, `${tick}x`, 'small', 'middle')),
    '</svg>',
    '',
  ].join('\n')
}

function row(
  verdict: Drawn,
  y: number,
  place: (ratio: number) => number,
  ticks: readonly number[],
): string[] {
  const middle = y + ROW_HEIGHT / 2
  const [from, to] = [place(1), place(verdict.ratio)].sort((one, other) => one - other) as [number, number]
  const aim = place(verdict.goal.aim)
  const met = verdict.outcome === 'met'
  const answer = LABEL_WIDTH + PLOT_WIDTH + 16
  return [
    ...ticks.map((tick) => {
      const x = place(tick)
      return `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x}" x2="${x}" y1="${y}" y2="${y + ROW_HEIGHT}"/>`
    }),
    text(28, middle + 4, verdict.goal.label),
    `<rect class="${met ? 'met' : 'missed'}" x="${from}" y="${y + 5}" width="${Math.max(to - from, 1.5).toFixed(1)}" height="${ROW_HEIGHT - 10}" rx="2"/>`,
    `<line class="span" x1="${place(verdict.min)}" x2="${place(verdict.max)}" y1="${middle}" y2="${middle}"/>`,
    `<line class="aim" x1="${aim}" x2="${aim}" y1="${y + 2}" y2="${y + ROW_HEIGHT - 2}"/>`,
    text(answer + 44, middle + 4, ratioText(verdict.ratio), 'title', 'end'),
    text(answer + 58, middle + 4, aimText(verdict), 'small'),
    text(answer + 118, middle + 4, verdict.outcome),
  ]
}

/** The position of a ratio in pixels: its logarithm, between the whole powers of ten around all drawn values. */
function scaleOf(drawn: readonly Drawn[]): (ratio: number) => number {
  const [low, high] = boundsOf(drawn)
  return (ratio) => Number((LABEL_WIDTH + (PLOT_WIDTH * (Math.log10(ratio) - low)) / (high - low)).toFixed(1))
}

function boundsOf(drawn: readonly Drawn[]): [number, number] {
  const all = drawn.flatMap(({ goal, min, max }) => [goal.aim, min, max]).map(Math.log10)
  return [Math.min(-0.5, ...all.map((one) => one - 0.1)), Math.max(1, ...all.map((one) => one + 0.1))]
}

function ticksOf(drawn: readonly Drawn[]): number[] {
  const [low, high] = boundsOf(drawn)
  const ticks: number[] = []
  for (let power = Math.ceil(low); power <= high; power++) ticks.push(10 ** power)
  return ticks
}

function text(x: number, y: number, content: string, kind = '', anchor = 'start'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<text x="${x}" y="${y}"${kind ? ` class="${kind}"` : ''}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escaped}</text>`
}
