import type { Verdict } from './verdict.ts'

/** The table `fault | held | recovered in`, and below it what was broken. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((one) => [one.words, one.outcome, recoveredIn(one), noteOf(one)])
  const head = ['fault', 'held', 'recovered in', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const rule = widths
    .map((width) => '-'.repeat(width))
    .join('  ')
    .trimEnd()
  return [line(head), rule, ...rows.map(line), ...verdicts.flatMap(brokenLines)].join('\n')
}

/** What one fault broke, a line each; the first ten. */
export function brokenLines(verdict: Verdict): string[] {
  if (verdict.outcome !== 'VIOLATED') return []
  const shown = verdict.broken.slice(0, 10).map((what) => `  ${what}`)
  const more = verdict.broken.length - shown.length
  return ['', `${verdict.words}: VIOLATED`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])]
}

function noteOf({ note, stretched }: Verdict): string {
  return stretched < 1.5 ? note : `${note} (busy machine: bounds x ${stretched.toFixed(1)})`
}

function recoveredIn({ recoveredInMs }: Verdict): string {
  return recoveredInMs === null ? '-' : `${(recoveredInMs / 1_000).toFixed(1)} s`
}
