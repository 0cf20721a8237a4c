import { useId } from 'react'

/** A field for several lines of text, with its label above. */
export function TextArea(props: {
  label: string
  value: string
  maxLength: number
  onType: (value: string) => void
}) {
  const { label, value, maxLength, onType } = props
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input text-area"
        rows={3}
        value={value}
        maxLength={maxLength}
        onChange={(event) => onType(event.target.value)}
      />
    </div>
  )
}
