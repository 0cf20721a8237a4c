import { useId } from 'react'

/** A phone number as people write it, with a hint below, or what is wrong with it. */
export function PhoneField(props: {
  label: string
  hint: string
  value: string
  onType: (value: string) => void
  problem?: string | undefined
  readOnly?: boolean
}) {
  const { label, hint, value, onType, problem, readOnly = false } = props
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input figures"
        type="tel"
        autoComplete="off"
        value={value}
        readOnly={readOnly}
        placeholder="+55 11 98765-4321"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onType(event.target.value)}
      />
      <p className={problem ? 'field-error' : 'field-hint'} id={`${id}-hint`}>
        {problem ?? hint}
      </p>
    </div>
  )
}
