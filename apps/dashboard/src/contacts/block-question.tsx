import { useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
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
  return (
    <Modal
      open={open}
      onClose={close}
      title={block ? w.contacts.blockTitle : w.contacts.unblockTitle}
      closable={!act.isPending}
    >
      <QuestionForm
        onSubmit={() => act.mutate({ block, reason: reason.trim() }, { onError: endIfRevoked })}
        onCancel={close}
        isPending={act.isPending}
        isDanger={block}
        icon={block ? 'banned' : 'play'}
        label={block ? w.contacts.block : w.contacts.unblock}
      >
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
      </QuestionForm>
    </Modal>
  )
}
