import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './icon.tsx'

/** Shows the outcome of an act in a corner, also to screen readers. */
export function useNote(): (note: { title: string; more?: string | null; kind?: 'good' | 'bad' }) => void {
  const { add } = Toast.useToastManager()
  return ({ title, more, kind = 'good' }) => {
    add({
      title,
      ...(more ? { description: more } : {}),
      type: kind,
      // An error stays until it is closed.
      timeout: kind === 'bad' ? 20_000 : 6_000,
      priority: kind === 'bad' ? 'high' : 'low',
    })
  }
}

/** The provider of notes, around the whole page. */
export function Notes({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="notes">
          <NoteList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function NoteList() {
  const { w } = useSpeech()
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="note" data-type={toast.type}>
      <Icon name={toast.type === 'bad' ? 'warn' : 'check'} />
      <div className="note-text">
        <Toast.Title className="note-title" />
        <Toast.Description className="note-more" />
      </div>
      <Toast.Close className="button button-plain button-icon button-small" aria-label={w.close}>
        <Icon name="close" />
      </Toast.Close>
    </Toast.Root>
  ))
}
