import { type InputHTMLAttributes, useId } from 'react'

/** A text field with its label above and a hint, or its problem, below. */
export function TextField(
  props: {
    label: string
    value: string
    onType: (value: string) => void
    hint?: string
    problem?: string | undefined
    readOnly?: boolean
  } & Pick<
    InputHTMLAttributes<HTMLInputElement>,
    'type' | 'inputMode' | 'placeholder' | 'maxLength' | 'onBlur'
  >,
) {
  const { label, value, onType, hint, problem, readOnly = false, ...kind } = props
  const id = useId()
  const below = problem ?? hint
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        {...kind}
        id={id}
        className="input figures"
        autoComplete="off"
        value={value}
        readOnly={readOnly}
        aria-invalid={problem !== undefined}
        aria-describedby={below ? `${id}-below` : undefined}
        onChange={(event) => onType(event.target.value)}
      />
      {below && (
        <p className={problem ? 'field-error' : 'field-hint'} id={`${id}-below`} aria-live="polite">
          {below}
        </p>
      )}
    </div>
  )
}
