import { type FormEvent, useEffect, useId, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { go } from '../follow-route.ts'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { usePhoneReader } from '../number/phone-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { isMessageId, type Listing, messageHash, messagesHash } from './address.ts'
import { recipientOf } from './outgoing.ts'
import { MESSAGE_STATES, type MessageState } from './state.ts'

/** Which messages are listed: a state, a number, a contact; an id opens that message. */
export function MessageFilters({ listing, contact }: { listing: Listing; contact: string | null }) {
  const { w } = useSpeech()
  const id = useId()
  const { instances } = useLiveFleet()
  const list = (changes: Partial<Listing>) =>
    go(messagesHash({ ...listing, before: null, ...changes }), { contact })
  const names = (instances ?? []).map(({ name }) => name).sort((one, other) => one.localeCompare(other))
  // A number that was deleted has messages too.
  const numbers =
    listing.number === null || names.includes(listing.number) ? names : [listing.number, ...names]
  return (
    <search className="messages-filters" aria-label={w.messages.filters}>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-state`}>
          {w.messages.byState}
        </label>
        <select
          id={`${id}-state`}
          className="input"
          value={listing.state ?? ''}
          onChange={(event) => list({ state: (event.target.value || null) as MessageState | null })}
        >
          <option value="">{w.messages.anyState}</option>
          {MESSAGE_STATES.map((state) => (
            <option key={state} value={state}>
              {w.messages.state[state]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-number`}>
          {w.messages.byNumber}
        </label>
        <select
          id={`${id}-number`}
          className="input"
          value={listing.number ?? ''}
          onChange={(event) => list({ number: event.target.value || null })}
        >
          <option value="">{w.messages.anyNumber}</option>
          {numbers.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <FindForm
        label={w.messages.byContact}
        contact={contact}
        onFind={(found) => {
          if (found !== null && isMessageId(found)) go(messageHash(found, listing), { contact })
          else go(messagesHash({ ...listing, before: null }), { contact: found })
        }}
      />
    </search>
  )
}

/** The field for a contact, as in the place of contacts, or for the id of a message. */
export function FindForm(props: {
  label: string
  contact: string | null
  onFind: (text: string | null) => void
}) {
  const { w } = useSpeech()
  const { label, contact, onFind } = props
  const id = useId()
  const [typed, setTyped] = useState(contact ?? '')
  // The back button changes the contact, and the field follows.
  useEffect(() => setTyped(contact ?? ''), [contact])
  const read = usePhoneReader(typed.trim() !== '' && typed !== contact)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = recipientOf(typed, read)
    onFind(found === '' ? null : found)
  }
  return (
    <form className="find" onSubmit={submit}>
      <div className="field">
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        <input
          id={id}
          className="input figures"
          type="search"
          value={typed}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value)
            if (event.target.value === '' && contact !== null) onFind(null)
          }}
        />
      </div>
      <button type="submit" className="button">
        <Icon name="search" />
        {w.messages.find}
      </button>
    </form>
  )
}
