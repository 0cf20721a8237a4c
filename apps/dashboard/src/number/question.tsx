import { useId, useState } from 'react'
import { Modal } from '../design/dialog.tsx'
import { QuestionForm } from '../design/question-form.tsx'
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
  return (
    <Modal open={open} onClose={done} title={title} closable={!mutation.isPending}>
      <QuestionForm
        onSubmit={() => mutation.mutate()}
        onCancel={done}
        isPending={mutation.isPending}
        mayGo={act !== 'delete' || typed === name}
        isDanger={act !== 'restart'}
        icon={ACT_ICONS[act]}
        label={w.acts[act]}
      >
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
      </QuestionForm>
    </Modal>
  )
}
