import { type FormEvent, useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { TextField } from '../number/text-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { useBlockAct } from './use-contact-acts.ts'

const LONGEST_REASON = 200

/** Blocks a contact, with an optional reason for the other operators, or ends the block. */
export function BlockQuestion(props: { open: boolean; onClose: () => void; contact: Contact }) {
  const { w } = useSpeech()
  const { open, onClose, contact } = props
  const [reason, setReason] = useState('')
  // What the dialog is about must not change while it closes.
  const [block, setBlock] = useState(!contact.blocked)
  if (!open && block === contact.blocked) setBlock(!contact.blocked)
  const act = useBlockAct(contact.id, close)
  function close(): void {
    setReason('')
    act.reset()
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act.mutate({ block, reason: reason.trim() }, { onError: endIfRevoked })
  }
  return (
    <Modal
      open={open}
      onClose={close}
      title={block ? w.contacts.blockTitle : w.contacts.unblockTitle}
      closable={!act.isPending}
    >
      <form className="question" onSubmit={submit}>
        <p>{block ? w.contacts.blockMore : w.contacts.unblockMore}</p>
        {block && (
          <TextField
            label={w.contacts.blockReason}
            hint={w.contacts.blockReasonHint}
            value={reason}
            maxLength={LONGEST_REASON}
            onType={setReason}
          />
        )}
        {act.isError && <FailureBox error={act.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={close} disabled={act.isPending}>
            {w.cancel}
          </button>
          <button
            type="submit"
            className={block ? 'button button-danger' : 'button button-main'}
            disabled={act.isPending}
          >
            <Icon name={block ? 'banned' : 'play'} />
            {block ? w.contacts.block : w.contacts.unblock}
          </button>
        </div>
      </form>
    </Modal>
  )
}
