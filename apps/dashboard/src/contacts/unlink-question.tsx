import { type RefObject, useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { useSpeech } from '../words/speech.tsx'
import { useLinkAct } from './use-contact-acts.ts'

/** Takes an id from a contact, after a question. `alias` null: closed. */
export function UnlinkQuestion(props: {
  alias: string | null
  /** The alias is the other form of the same Brazilian number. */
  isOtherForm: boolean
  onClose: () => void
  contact: Contact
  /** The button of the id disappears with it. */
  finalFocus: RefObject<HTMLElement | null>
}) {
  const { w } = useSpeech()
  const { alias, isOtherForm, onClose, contact, finalFocus } = props
  // The id stays while the dialog closes.
  const [shown, setShown] = useState({ alias: '', isOtherForm })
  if (alias !== null && alias !== shown.alias) setShown({ alias, isOtherForm })
  const act = useLinkAct(contact.id, close)
  function close(): void {
    act.reset()
    onClose()
  }
  return (
    <Modal
      open={alias !== null}
      onClose={close}
      title={shown.isOtherForm ? w.contacts.separateTitle(shown.alias) : w.contacts.unlinkTitle(shown.alias)}
      closable={!act.isPending}
      finalFocus={finalFocus}
    >
      <p>{shown.isOtherForm ? w.contacts.separateMore : w.contacts.unlinkMore}</p>
      {act.isError && (
        <FailureBox
          error={act.error}
          sentences={shown.isOtherForm ? { NOT_FOUND: w.contacts.apartAlready } : {}}
        />
      )}
      <div className="dialog-foot">
        <button type="button" className="button" onClick={close} disabled={act.isPending}>
          {w.cancel}
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={act.isPending}
          onClick={() => alias !== null && act.mutate({ alias, link: false }, { onError: endIfRevoked })}
        >
          {shown.isOtherForm ? w.contacts.separate : w.contacts.unlink}
        </button>
      </div>
    </Modal>
  )
}
