import { useNow } from '../api/server-clock.ts'
import { useSpeech } from '../words/speech.tsx'
import type { BudgetProblems, RampDraft } from './budget-draft.ts'
import { TextField } from './text-field.tsx'

const FIELDS = [
  ['from', 'rampFrom'],
  ['to', 'rampTo'],
  ['days', 'rampDays'],
] as const

/** The values of a ramp; below them, when it begins and where it ends. */
export function RampFields(props: {
  ramp: RampDraft
  problems: BudgetProblems
  /** Saving begins it again. */
  isChanged: boolean
  onChange: (ramp: RampDraft) => void
  readOnly: boolean
}) {
  const { w, f } = useSpeech()
  const nowMs = useNow(60_000)
  const { ramp, problems, isChanged, onChange, readOnly } = props
  const [from, to, days] = [ramp.from, ramp.to, ramp.days].map(Number) as [number, number, number]
  const isValid = FIELDS.every(([, field]) => problems[field] === undefined)
  return (
    <>
      <div className="settings-row">
        {FIELDS.map(([value, field]) => (
          <TextField
            key={field}
            inputMode="numeric"
            label={w.budget[field]}
            value={ramp[value]}
            onType={(text) => onChange({ ...ramp, [value]: text })}
            problem={problems[field]}
            readOnly={readOnly}
          />
        ))}
      </div>
      <p className="field-hint" aria-live="polite">
        {isChanged && isValid
          ? w.budget.rampBegins(f.number(from), f.number(to), f.dayAhead(days - 1, nowMs))
          : w.budget.rampUnit}
      </p>
    </>
  )
}
