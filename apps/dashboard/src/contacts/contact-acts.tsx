import { useState } from 'react'
import type { Contact } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { BlockQuestion } from './block-question.tsx'

/** The acts on a contact as a whole. */
export function ContactActs({ contact }: { contact: Contact }) {
  const { w } = useSpeech()
  const [isAsked, setAsked] = useState(false)
  return (
    <div className="acts">
      <button type="button" className="button button-small" onClick={() => setAsked(true)}>
        <Icon name={contact.blocked ? 'play' : 'banned'} />
        {contact.blocked ? w.contacts.unblock : w.contacts.block}…
      </button>
      <BlockQuestion open={isAsked} onClose={() => setAsked(false)} contact={contact} />
    </div>
  )
}
