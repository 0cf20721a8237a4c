import { type FormEvent, useId, useState } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
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
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen !== '') set.mutate(chosen, { onError: endIfRevoked })
  }
  const others = (instances ?? []).filter(({ name }) => name !== contact.preferredInstance)
  return (
    <Modal open={open} onClose={close} title={w.contacts.changeTitle} closable={!set.isPending}>
      <form className="question" onSubmit={submit}>
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
        <div className="dialog-foot">
          <button type="button" className="button" onClick={close} disabled={set.isPending}>
            {w.cancel}
          </button>
          <button type="submit" className="button button-main" disabled={chosen === '' || set.isPending}>
            {w.contacts.changeNumber}
          </button>
        </div>
      </form>
    </Modal>
  )
}
