import { fit, pad, plain, widthOf } from './text-width.ts'

/** One cell: a text, or a text with its colour. */
export type Cell = string | { text: string; paint: (text: string) => string }

/**
 * One column of rows of type `T`. `least`: the column may be cut to that width when the line is too long; columns
 * without it are never cut. `side` right is for figures.
 */
export type Column<T> = {
  title: string
  side?: 'left' | 'right'
  least?: number
  cell: (row: T) => Cell
}

const GAP = 2

/**
 * Rows as lines under a line of titles. With a `width` no line is longer: the last columns that may be cut are cut
 * first. Without one (a pipe) nothing is cut. A column that is empty in all rows is left out.
 */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  options: { width?: number | undefined; title?: (text: string) => string } = {},
): string[] {
  const shown = columns
    .map((column) => ({ ...column, cells: rows.map((row) => column.cell(row)) }))
    .filter(({ cells }) => rows.length === 0 || cells.some((cell) => textOf(cell) !== ''))
  const widths = shown.map(({ title, cells }) =>
    Math.max(widthOf(title), ...cells.map((cell) => widthOf(textOf(cell)))),
  )
  if (options.width !== undefined) shrink(widths, shown, options.width)
  const line = (cells: Cell[]): string =>
    cells
      .map((cell, index) => {
        const { side = 'left' } = shown[index] as (typeof shown)[number]
        const width = widths[index] as number
        const text = fit(textOf(cell), width)
        // No spaces after the last column.
        const filled = side === 'left' && index === cells.length - 1 ? text : pad(text, width, side)
        return typeof cell === 'string' ? filled : filled.replace(text, () => cell.paint(text))
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const paintTitle = options.title ?? ((text: string) => text)
  return [
    line(shown.map(({ title }) => ({ text: title, paint: paintTitle }))),
    ...rows.map((_, row) => line(shown.map(({ cells }) => cells[row] as Cell))),
  ]
}

function shrink(widths: number[], columns: readonly { least?: number; title: string }[], most: number): void {
  const over = () => widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1) - most
  for (let index = columns.length - 1; index >= 0 && over() > 0; index -= 1) {
    const { least } = columns[index] as (typeof columns)[number]
    const width = widths[index] as number
    if (least !== undefined) widths[index] = Math.max(Math.min(least, width), width - over())
  }
}

function textOf(cell: Cell): string {
  return plain(typeof cell === 'string' ? cell : cell.text)
}
