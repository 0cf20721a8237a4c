import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { goToContact, useShownContact } from '../follow-route.ts'
import { usePhoneReader } from '../number/phone-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { ContactField } from './contact-field.tsx'
import { ContactView } from './contact-view.tsx'
import { lookupId } from './lookup.ts'
import './contacts.css'

/** The place of contacts: a field for the id or the phone of one, and what the fleet stores of that contact. */
export function ContactsView() {
  const { w, f } = useSpeech()
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
        <ContactField
          label={w.contacts.field}
          placeholder={w.contacts.placeholder}
          hint={isRead ? w.settings.phoneRead(f.phone(wanted)) : w.contacts.hint}
          isLive
          value={typed}
          onType={setTyped}
          inputRef={field}
        />
        <button type="submit" className="button button-main">
          <Icon name="search" />
          {w.contacts.submit}
        </button>
      </form>
      {shown !== null && <ContactView key={shown} id={shown} onGo={goOn} />}
    </div>
  )
}
