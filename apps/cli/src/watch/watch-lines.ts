import type { Instance } from '../connection/open-client.ts'
import { t } from '../language.ts'
import { numbers } from '../terminal/figures.ts'
import { instanceLines } from '../terminal/instance-table.ts'
import { span, timeOfDay } from '../terminal/instant.ts'
import type { Paint } from '../terminal/paint.ts'
import { fit, pad, widthOf } from '../terminal/text-width.ts'

/** The state of `watch`: the numbers, whether they are current, and the scroll position. */
export type WatchView = {
  url: string
  instances: readonly Instance[]
  /** When the API stopped answering (milliseconds); null while it answers. */
  awaySinceMs: number | null
  /** Numbers above the visible part. */
  above: number
}

/** Lines around the rows: head, empty line, titles, foot. */
const AROUND = 4

/** The largest scroll position. */
export function mostAbove(view: WatchView, rows: number): number {
  return Math.max(0, view.instances.length - Math.max(1, rows - AROUND))
}

/** The view as lines that fit a terminal of that size. */
export function watchLines(
  view: WatchView,
  terminal: { columns: number; rows: number; now: number; paint: Paint },
): string[] {
  const { columns, rows, now, paint } = terminal
  const { instances } = view
  const above = Math.min(view.above, mostAbove(view, rows))
  const most = Math.max(1, rows - AROUND)
  const [titles = '', ...lines] = instanceLines(instances, { paint, now, width: columns })
  const shown = lines.slice(above, above + most)
  const body =
    instances.length === 0
      ? [t`There are no numbers yet: zapfleet instances create <name>`]
      : [titles, ...shown]
  const below = instances.length - above - shown.length
  return [headLine(view, terminal), '', ...body, paint.dim(fit(footWords(above, below), columns))].slice(
    0,
    rows,
  )
}

function headLine(
  { url, instances, awaySinceMs }: WatchView,
  terminal: { columns: number; now: number; paint: Paint },
) {
  const { columns, now, paint } = terminal
  if (awaySinceMs !== null) {
    const words = t`No answer since ${timeOfDay(awaySinceMs)} (${span(now - awaySinceMs)}): the list is of that time. Trying again.`
    return paint.red(fit(words, columns))
  }
  const available = instances.filter((one) => one.available).length
  const left = t`${numbers(instances.length)}, ${available} available`
  const right = `${url}  ${timeOfDay(now)}`
  const gap = columns - widthOf(left) - widthOf(right)
  return gap < 2 ? paint.bold(fit(left, columns)) : `${paint.bold(left)}${pad('', gap)}${paint.dim(right)}`
}

function footWords(above: number, below: number): string {
  const more = [above > 0 ? t`${above} above` : '', below > 0 ? t`${below} below` : ''].filter(
    (words) => words !== '',
  )
  return more.length === 0 ? t`q quits` : t`${more.join(', ')}: arrow keys; q quits`
}
