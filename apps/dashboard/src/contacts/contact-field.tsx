import { type RefObject, useId } from 'react'

/** The field for a contact: its id, or a phone as people write it. */
export function ContactField(props: {
  label: string
  placeholder: string
  hint: string
  /** The hint changes with what is typed, and is announced. */
  isLive?: boolean
  value: string
  onType: (value: string) => void
  inputRef?: RefObject<HTMLInputElement | null>
}) {
  const { label, placeholder, hint, isLive = false, value, onType, inputRef } = props
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={`${id}-contact`}>
        {label}
      </label>
      <input
        ref={inputRef}
        id={`${id}-contact`}
        className="input figures"
        value={value}
        maxLength={255}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onType(event.target.value)}
      />
      <p className="field-hint" id={`${id}-hint`} aria-live={isLive ? 'polite' : undefined}>
        {hint}
      </p>
    </div>
  )
}
