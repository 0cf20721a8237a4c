import { type FormEvent, useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
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
  const mayGo = confirms(typed, id) && !forget.isPending
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (mayGo) forget.mutate(undefined, { onError: endIfRevoked })
  }
  return (
    <Modal open={open} onClose={close} title={w.contacts.forgetTitle} closable={!forget.isPending}>
      <form className="question" onSubmit={submit}>
        <p>{w.contacts.forgetGoes}</p>
        <p>{contact.blocked ? w.contacts.forgetStaysBlocked : w.contacts.forgetStays}</p>
        <p>
          <strong>{w.contacts.forgetFinal}</strong>
        </p>
        <TextField label={w.acts.typeName(id)} value={typed} maxLength={255} onType={setTyped} />
        {forget.isError && <FailureBox error={forget.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={close} disabled={forget.isPending}>
            {w.cancel}
          </button>
          <button type="submit" className="button button-danger" disabled={!mayGo}>
            <Icon name="trash" />
            {forget.isPending ? w.contacts.forgetting : w.contacts.forget}
          </button>
        </div>
      </form>
    </Modal>
  )
}
