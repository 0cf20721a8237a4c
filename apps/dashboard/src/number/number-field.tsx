import { useId } from 'react'

/** A whole number as text, with what is wrong with it below. */
export function NumberField(props: {
  label: string
  value: string
  onType: (value: string) => void
  problem?: string | undefined
  readOnly?: boolean
}) {
  const { label, value, onType, problem, readOnly = false } = props
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input figures"
        inputMode="numeric"
        autoComplete="off"
        value={value}
        readOnly={readOnly}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onChange={(event) => onType(event.target.value)}
      />
      {problem && (
        <p className="field-error" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}
