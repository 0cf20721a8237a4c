/** The result of a fault. */
export type Verdict = {
  fault: string
  title: string
  outcome: 'held' | 'VIOLATED' | 'skipped'
  /** From the end of the fault until all calls were served and every status was right; null: never, or skipped. */
  recoveredInMs: number | null
  /** The violations, as text; for a skipped fault, the reason. */
  broken: readonly string[]
  note: string
  /** The factor by which time limits were extended on a busy machine; 1: not at all. */
  extendedBy: number
}

/** The table `fault | held | recovered in`, and below it the violations. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((one) => [one.title, one.outcome, recoveredIn(one), noteOf(one)])
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

/** The violations of one fault, a line each; the first ten. */
export function brokenLines(verdict: Verdict): string[] {
  if (verdict.outcome !== 'VIOLATED') return []
  const shown = verdict.broken.slice(0, 10).map((what) => `  ${what}`)
  const more = verdict.broken.length - shown.length
  return ['', `${verdict.title}: VIOLATED`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])]
}

function noteOf({ note, extendedBy }: Verdict): string {
  return extendedBy < 1.5 ? note : `${note} (busy machine: bounds x ${extendedBy.toFixed(1)})`
}

function recoveredIn({ recoveredInMs }: Verdict): string {
  return recoveredInMs === null ? '-' : `${(recoveredInMs / 1_000).toFixed(1)} s`
}
