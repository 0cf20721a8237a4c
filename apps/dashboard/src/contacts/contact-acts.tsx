import { useState } from 'react'
import type { Contact } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { BlockQuestion } from './block-question.tsx'
import { ForgetQuestion } from './forget-question.tsx'
import { useExportAct } from './use-contact-acts.ts'

/** The acts on a contact as a whole: block, export, forget. */
export function ContactActs({ contact, onForgotten }: { contact: Contact; onForgotten: () => void }) {
  const { w } = useSpeech()
  const { id, blocked } = contact
  const [asked, setAsked] = useState<'block' | 'forget' | null>(null)
  const close = () => setAsked(null)
  const save = useExportAct(id)
  return (
    <div className="acts">
      <button type="button" className="button button-small" onClick={() => setAsked('block')}>
        <Icon name={blocked ? 'play' : 'banned'} />
        {blocked ? w.contacts.unblock : w.contacts.block}…
      </button>
      <button
        type="button"
        className="button button-small"
        disabled={save.isPending}
        onClick={() => save.mutate()}
      >
        <Icon name="down" />
        {save.isPending ? w.contacts.exporting : w.contacts.export}
      </button>
      <button
        type="button"
        className="button button-small button-danger-quiet"
        onClick={() => setAsked('forget')}
      >
        <Icon name="trash" />
        {w.contacts.forget}…
      </button>
      <BlockQuestion open={asked === 'block'} onClose={close} contact={contact} />
      <ForgetQuestion open={asked === 'forget'} onClose={close} onForgotten={onForgotten} contact={contact} />
    </div>
  )
}
