import { useSpeech } from '../words/speech.tsx'

/** The words of a filter: its name, the choice of everything, and a choice with its count. */
type FilterWords = { filter: string; all: string; one: (value: string, count: string) => string }

/** A filter of the list by one value, such as a tag. */
export function ListFilter(props: {
  words: FilterWords
  /** The chosen one; null: any. */
  chosen: string | null
  /** Every value with how many numbers have it. */
  counts: ReadonlyMap<string, number>
  onChoose: (value: string | null) => void
}) {
  const { f } = useSpeech()
  const { words, chosen, counts, onChoose } = props
  // No number may have the value of an address any more.
  const choices = chosen === null || counts.has(chosen) ? [...counts] : [...counts, [chosen, 0] as const]
  return (
    <select
      className="input list-filter"
      aria-label={words.filter}
      data-set={chosen !== null || undefined}
      value={chosen ?? ''}
      onChange={(event) => onChoose(event.target.value || null)}
    >
      <option value="">{words.all}</option>
      {choices.map(([one, count]) => (
        <option key={one} value={one}>
          {words.one(one, f.number(count))}
        </option>
      ))}
    </select>
  )
}

/** That the list holds some of the numbers alone. */
export function OnlyThese({ words, onClear }: { words: string | null; onClear: () => void }) {
  const { w } = useSpeech()
  if (words === null) return null
  return (
    <p className="only-these">
      <span>{words}</span>
      <button type="button" className="link" onClick={onClear}>
        {w.fleet.clear}
      </button>
    </p>
  )
}
