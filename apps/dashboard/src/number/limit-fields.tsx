import { useSpeech } from '../words/speech.tsx'
import type { Draft } from './draft.ts'
import { TextField } from './text-field.tsx'

/** The two limits and the priority of a draft, side by side. */
export function LimitFields(props: {
  draft: Draft
  problems: Partial<Record<keyof Draft, string>>
  onType: (field: keyof Draft, value: string) => void
  readOnly?: boolean
}) {
  const { w } = useSpeech()
  const { draft, problems, onType, readOnly = false } = props
  return (
    <div className="settings-row">
      {(['hourly', 'daily', 'priority'] as const).map((field) => (
        <TextField
          key={field}
          inputMode="numeric"
          label={w.settings[field]}
          value={draft[field]}
          onType={(value) => onType(field, value)}
          problem={problems[field]}
          readOnly={readOnly}
        />
      ))}
    </div>
  )
}
