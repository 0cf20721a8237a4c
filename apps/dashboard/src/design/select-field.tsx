import { type ReactNode, useId } from 'react'

/** A list of choices with its label above and a hint below. `children` are the options. */
export function SelectField(props: {
  label: string
  value: string | number
  onChoose: (value: string) => void
  hint?: string
  children: ReactNode
}) {
  const { label, value, onChoose, hint, children } = props
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="input"
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChoose(event.target.value)}
      >
        {children}
      </select>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
