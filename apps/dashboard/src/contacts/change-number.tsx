import { useId, useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { useSpeech } from '../words/speech.tsx'
import { useSetNumber } from './use-contact-acts.ts'

/** Gives a contact another number, from the next message on. */
export function ChangeNumber(props: { open: boolean; onClose: () => void; contact: Contact }) {
  const { w } = useSpeech()
  const { open, onClose, contact } = props
  const id = useId()
  const { instances } = useLiveFleet()
  const [chosen, setChosen] = useState('')
  const set = useSetNumber(contact.id, close)
  function close(): void {
    setChosen('')
    set.reset()
    onClose()
  }
  const others = (instances ?? []).filter(({ name }) => name !== contact.preferredInstance)
  return (
    <Modal open={open} onClose={close} title={w.contacts.changeTitle} closable={!set.isPending}>
      <QuestionForm
        onSubmit={() => set.mutate(chosen, { onError: endIfRevoked })}
        onCancel={close}
        isPending={set.isPending}
        mayGo={chosen !== ''}
        label={w.contacts.changeNumber}
      >
        <p>{w.contacts.changeMore}</p>
        <div className="field">
          <label className="field-label" htmlFor={id}>
            {w.contacts.newNumber}
          </label>
          <select
            id={id}
            className="input"
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
          >
            <option value="">{w.contacts.choose}</option>
            {others.map(({ name, status }) => (
              <option key={name} value={name}>
                {name} · {w.status[status]}
              </option>
            ))}
          </select>
        </div>
        {set.isError && <FailureBox error={set.error} />}
      </QuestionForm>
    </Modal>
  )
}
