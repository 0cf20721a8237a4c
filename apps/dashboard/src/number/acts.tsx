import { Menu } from '@base-ui/react/menu'
import { type FormEvent, useId, useState } from 'react'
import type { Instance } from '../api/open-client.ts'
import { Modal } from '../look/dialog.tsx'
import { Icon } from '../look/icon.tsx'
import { FLEET_HASH, go } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { useCheckAct, usePauseAct, useVerifiedAct, type VerifiedAct } from './use-acts.ts'

const VERIFIED_ACTS = ['restart', 'logout', 'delete'] as const satisfies readonly VerifiedAct[]

const ICONS = { restart: 'restart', logout: 'out', delete: 'trash' } as const

/** What may be done to a number: pause and look at once, the rest after a question that says what it means. */
export function Acts({ instance, contacts }: { instance: Instance; contacts: number | null }) {
  const { w } = useSpeech()
  const { name, paused } = instance
  const [asked, setAsked] = useState<VerifiedAct | null>(null)
  const pause = usePauseAct(name)
  const check = useCheckAct(name)
  return (
    <div className="acts">
      <button
        type="button"
        className="button button-small"
        disabled={pause.isPending}
        onClick={() => pause.mutate({ paused: !paused })}
      >
        <Icon name={paused ? 'play' : 'pause'} />
        {paused ? w.acts.resume : w.acts.pause}
      </button>
      <button
        type="button"
        className="button button-small"
        disabled={check.isPending}
        onClick={() => check.mutate()}
      >
        <Icon name="search" />
        {check.isPending ? w.acts.working.check : w.acts.check}
      </button>
      <Menu.Root modal={false}>
        <Menu.Trigger className="button button-small">
          {w.acts.more}
          <Icon name="chevron" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="menu-positioner" align="start" sideOffset={6}>
            <Menu.Popup className="menu">
              {VERIFIED_ACTS.map((act) => (
                <Menu.Item
                  key={act}
                  className={act === 'delete' ? 'menu-item button-danger-quiet' : 'menu-item'}
                  onClick={() => setAsked(act)}
                >
                  <Icon name={ICONS[act]} />
                  {w.acts[act]}…
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {VERIFIED_ACTS.map((act) => (
        <Question
          key={act}
          act={act}
          open={asked === act}
          onClose={() => setAsked(null)}
          name={name}
          contacts={contacts}
        />
      ))}
    </div>
  )
}

/** Says what an act means, does it, and waits until it was read back. Deleting asks for the name. */
function Question(props: {
  act: VerifiedAct
  open: boolean
  onClose: () => void
  name: string
  contacts: number | null
}) {
  const { w, f } = useSpeech()
  const { act, open, onClose, name, contacts } = props
  const id = useId()
  const [typed, setTyped] = useState('')
  const done = () => {
    setTyped('')
    onClose()
  }
  const mutation = useVerifiedAct(name, act, () => {
    done()
    if (act === 'delete') go(FLEET_HASH)
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
            <Icon name={ICONS[act]} />
            {w.acts[act]}
          </button>
        </div>
      </form>
    </Modal>
  )
}
