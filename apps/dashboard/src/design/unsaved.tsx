import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { holdRoute } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { Modal } from './dialog.tsx'

type Unsaved = {
  /** Reports whether a form holds text that is not saved. */
  mark: (id: string, isChanged: boolean) => void
  /** Closes at once, or after a question while a form below holds text that is not saved. */
  close: (act: () => void) => void
}

const Guarded = createContext<Unsaved | null>(null)

/** Protects the forms below from being closed with text that is not saved. `question` renders inside the dialog it protects. */
export function UnsavedGuard({
  children,
}: {
  children: (close: Unsaved['close'], question: ReactNode) => ReactNode
}) {
  const { w } = useSpeech()
  const changed = useRef(new Set<string>())
  const [waiting, setWaiting] = useState<(() => void) | null>(null)
  const keepButton = useRef<HTMLButtonElement>(null)
  const unsaved = useMemo<Unsaved>(
    () => ({
      mark(id, isChanged) {
        if (isChanged) changed.current.add(id)
        else changed.current.delete(id)
      },
      close(act) {
        if (changed.current.size === 0) act()
        else setWaiting(() => act)
      },
    }),
    [],
  )
  useEffect(
    () =>
      holdRoute((leave) => {
        if (changed.current.size > 0) setWaiting(() => leave)
        return changed.current.size > 0
      }),
    [],
  )
  const keep = () => setWaiting(null)
  const question = (
    <Modal open={waiting !== null} onClose={keep} title={w.unsaved.title} initialFocus={keepButton}>
      <p>{w.unsaved.more}</p>
      <div className="dialog-foot">
        <button
          type="button"
          className="button button-danger"
          onClick={() => {
            changed.current.clear()
            setWaiting(null)
            waiting?.()
          }}
        >
          {w.unsaved.discard}
        </button>
        <button type="button" ref={keepButton} className="button button-main" onClick={keep}>
          {w.unsaved.keep}
        </button>
      </div>
    </Modal>
  )
  return <Guarded value={unsaved}>{children(unsaved.close, question)}</Guarded>
}

/** Reports to the guard above whether this form holds text that is not saved. */
export function useUnsaved(id: string, isChanged: boolean): void {
  const unsaved = useContext(Guarded)
  useEffect(() => {
    unsaved?.mark(id, isChanged)
    return () => unsaved?.mark(id, false)
  }, [unsaved, id, isChanged])
  useEffect(() => {
    if (!isChanged) return
    // The browser shows a question before it closes or reloads the tab.
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', hold)
    return () => removeEventListener('beforeunload', hold)
  }, [isChanged])
}
