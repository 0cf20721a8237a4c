import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { goToContact, useShownContact } from '../follow-route.ts'
import { usePhoneReader } from '../number/phone-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { ContactView } from './contact-view.tsx'
import { lookupId } from './lookup.ts'
import './contacts.css'

/** The place of contacts: a field for the id or the phone of one, and what the fleet stores of that contact. */
export function ContactsView() {
  const { w, f } = useSpeech()
  const id = useId()
  const shown = useShownContact()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(shown ?? '')
  // The back button changes the contact, and the field follows.
  useEffect(() => setTyped(shown ?? ''), [shown])
  const read = usePhoneReader(typed.trim() !== '' && typed !== shown)
  const wanted = lookupId(typed, read)
  const isRead = wanted !== '' && wanted !== typed.trim()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted !== '') goToContact(wanted)
    else field.current?.focus()
  }
  const goOn = (contact: string | null, how?: { replace: boolean }) => {
    goToContact(contact, how)
    field.current?.focus()
  }
  return (
    <div className="contacts">
      <h1>{w.contacts.title}</h1>
      {shown === null && <p className="contacts-lead">{w.contacts.lead}</p>}
      <form className="contacts-form card" onSubmit={submit}>
        <div className="field">
          <label className="field-label" htmlFor={`${id}-contact`}>
            {w.contacts.field}
          </label>
          <input
            ref={field}
            id={`${id}-contact`}
            className="input figures"
            value={typed}
            maxLength={255}
            placeholder={w.contacts.placeholder}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setTyped(event.target.value)}
          />
          <p className="field-hint" id={`${id}-hint`} aria-live="polite">
            {isRead ? w.settings.phoneRead(f.phone(wanted)) : w.contacts.hint}
          </p>
        </div>
        <button type="submit" className="button button-main">
          <Icon name="search" />
          {w.contacts.submit}
        </button>
      </form>
      {shown !== null && <ContactView key={shown} id={shown} onGo={goOn} />}
    </div>
  )
}
