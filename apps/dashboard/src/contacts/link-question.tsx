import { useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { usePhoneReader } from '../number/phone-field.tsx'
import { TextField } from '../number/text-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { lookupId } from './lookup.ts'
import { useLinkAct } from './use-contact-acts.ts'

/** Makes another id one of the contact's. */
export function LinkQuestion(props: { open: boolean; onClose: () => void; contact: Contact }) {
  const { w, f } = useSpeech()
  const { open, onClose, contact } = props
  const [typed, setTyped] = useState('')
  const act = useLinkAct(contact.id, close)
  const alias = lookupId(typed, usePhoneReader(typed.trim() !== ''))
  function close(): void {
    setTyped('')
    act.reset()
    onClose()
  }
  return (
    <Modal open={open} onClose={close} title={w.contacts.linkTitle} closable={!act.isPending}>
      <QuestionForm
        onSubmit={() => act.mutate({ alias, link: true }, { onError: endIfRevoked })}
        onCancel={close}
        isPending={act.isPending}
        mayGo={alias !== ''}
        label={w.contacts.link}
      >
        <p>{w.contacts.linkMore}</p>
        <TextField
          label={w.contacts.otherId}
          hint={
            alias !== '' && alias !== typed.trim()
              ? w.settings.phoneRead(f.phone(alias))
              : w.contacts.otherIdHint
          }
          value={typed}
          maxLength={255}
          onType={setTyped}
        />
        {act.isError && (
          <FailureBox
            error={act.error}
            sentences={{ CONFLICT: w.contacts.linkConflict, INVALID_INPUT: w.contacts.linkSame }}
          />
        )}
      </QuestionForm>
    </Modal>
  )
}
