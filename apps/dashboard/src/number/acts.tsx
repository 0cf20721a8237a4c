import { Menu } from '@base-ui/react/menu'
import { useState } from 'react'
import type { Instance } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { MoveDialog } from '../servers/move-dialog.tsx'
import { useServerList } from '../servers/use-servers.ts'
import { useSpeech } from '../words/speech.tsx'
import { PauseQuestion } from './pause-question.tsx'
import { ACT_ICONS, Question } from './question.tsx'
import { TestMessage } from './test-message.tsx'
import { useCheckAct, useDrainAct, usePauseAct, type VerifiedAct } from './use-acts.ts'

const VERIFIED_ACTS = ['restart', 'logout', 'delete'] as const satisfies readonly VerifiedAct[]

/** The acts on a number: check and resume at once, the others after a question that explains them. */
export function Acts({ instance, contacts }: { instance: Instance; contacts: number | null }) {
  const { w } = useSpeech()
  const { name, paused, draining, movingTo } = instance
  const mayMove = useServerList().length > 1 && movingTo === null
  const [asked, setAsked] = useState<VerifiedAct | 'pause' | 'test' | 'move' | null>(null)
  const pause = usePauseAct(name)
  const drain = useDrainAct(name)
  const check = useCheckAct(name)
  return (
    <div className="acts">
      <button
        type="button"
        className="button button-small"
        disabled={pause.isPending}
        onClick={() => (paused ? pause.mutate({ paused: false }) : setAsked('pause'))}
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
              <Menu.Item className="menu-item" onClick={() => setAsked('test')}>
                <Icon name="send" />
                {w.messages.test.action}…
              </Menu.Item>
              <Menu.Item className="menu-item" onClick={() => drain.mutate(!draining)}>
                <Icon name={draining ? 'play' : 'pause'} />
                {draining ? w.acts.undrain : w.acts.drain}
              </Menu.Item>
              {mayMove && (
                <Menu.Item className="menu-item" onClick={() => setAsked('move')}>
                  <Icon name="arrow" />
                  {w.servers.move}…
                </Menu.Item>
              )}
              {VERIFIED_ACTS.map((act) => (
                <Menu.Item
                  key={act}
                  className={act === 'delete' ? 'menu-item button-danger-quiet' : 'menu-item'}
                  onClick={() => setAsked(act)}
                >
                  <Icon name={ACT_ICONS[act]} />
                  {w.acts[act]}…
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <TestMessage open={asked === 'test'} onClose={() => setAsked(null)} instance={instance} />
      <MoveDialog open={asked === 'move'} onClose={() => setAsked(null)} instance={instance} />
      <PauseQuestion open={asked === 'pause'} onClose={() => setAsked(null)} name={name} />
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
