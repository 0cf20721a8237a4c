import { type FormEvent, useId, useState } from 'react'
import { Modal } from '../design/dialog.tsx'
import { Icon } from '../design/icon.tsx'
import { go, useRoute } from '../follow-route.ts'
import { fleetHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { useVerifiedAct, type VerifiedAct } from './use-acts.ts'

/** Icons of the acts that need a confirmation. */
export const ACT_ICONS = { restart: 'restart', logout: 'out', delete: 'trash' } as const

/** Explains an act, runs it, and waits until it was read back. Deleting requires the name. */
export function Question(props: {
  act: VerifiedAct
  open: boolean
  onClose: () => void
  name: string
  contacts: number | null
}) {
  const { w, f } = useSpeech()
  const { act, open, onClose, name, contacts } = props
  const id = useId()
  const { list } = useRoute()
  const [typed, setTyped] = useState('')
  const done = () => {
    setTyped('')
    onClose()
  }
  const mutation = useVerifiedAct(name, act, () => {
    done()
    if (act === 'delete') go(fleetHash(list))
  })
  const moving = contacts === null ? '' : w.acts.contactsMove(contacts, f.number(contacts))
  const title = { restart: w.acts.restartTitle, logout: w.acts.logoutTitle, delete: w.acts.deleteTitle }[act](
    name,
  )
  const more =
    act === 'restart'
      ? w.acts.restartMore
      : act === 'logout'
        ? w.acts.logoutMore(moving)
        : w.acts.deleteMore(moving)
  const mayGo = act !== 'delete' || typed === name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (mayGo && !mutation.isPending) mutation.mutate()
  }
  return (
    <Modal open={open} onClose={done} title={title} closable={!mutation.isPending}>
      <form className="question" onSubmit={submit}>
        <p>{more}</p>
        {act === 'delete' && (
          <div className="field">
            <label className="field-label" htmlFor={id}>
              {w.acts.typeName(name)}
            </label>
            <input
              id={id}
              className="input"
              value={typed}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        )}
        <p className="quiet" role="status">
          {mutation.isPending ? w.acts.working[act] : ''}
        </p>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={done} disabled={mutation.isPending}>
            {w.cancel}
          </button>
          <button
            type="submit"
            className={act === 'restart' ? 'button button-main' : 'button button-danger'}
            disabled={!mayGo || mutation.isPending}
          >
            <Icon name={ACT_ICONS[act]} />
            {w.acts[act]}
          </button>
        </div>
      </form>
    </Modal>
  )
}
