import { useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { TextField } from '../number/text-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { confirms } from './lookup.ts'
import { useForgetAct } from './use-contact-acts.ts'

/** Explains what goes and what stays, and erases a contact after its id was typed. */
export function ForgetQuestion(props: {
  open: boolean
  onClose: () => void
  onForgotten: () => void
  contact: Contact
}) {
  const { w } = useSpeech()
  const { open, onClose, onForgotten, contact } = props
  const { id } = contact
  const [typed, setTyped] = useState('')
  const forget = useForgetAct(id, onForgotten)
  const close = () => {
    setTyped('')
    forget.reset()
    onClose()
  }
  return (
    <Modal open={open} onClose={close} title={w.contacts.forgetTitle} closable={!forget.isPending}>
      <QuestionForm
        onSubmit={() => forget.mutate(undefined, { onError: endIfRevoked })}
        onCancel={close}
        isPending={forget.isPending}
        mayGo={confirms(typed, id)}
        isDanger
        icon="trash"
        label={forget.isPending ? w.contacts.forgetting : w.contacts.forget}
      >
        <p>{w.contacts.forgetGoes}</p>
        <p>{contact.blocked ? w.contacts.forgetStaysBlocked : w.contacts.forgetStays}</p>
        <p>
          <strong>{w.contacts.forgetFinal}</strong>
        </p>
        <TextField label={w.acts.typeName(id)} value={typed} maxLength={255} onType={setTyped} />
        {forget.isError && <FailureBox error={forget.error} />}
      </QuestionForm>
    </Modal>
  )
}
