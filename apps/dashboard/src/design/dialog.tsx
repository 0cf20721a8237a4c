import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './icon.tsx'

/** A dialog over the page, with its title and a way to close it. It takes the focus and returns it. */
export function Modal(props: {
  open: boolean
  onClose: () => void
  title: ReactNode
  className?: string
  /** False while closing would lose an act in progress. */
  closable?: boolean
  /** The element with the first focus; default: the first button or field. */
  initialFocus?: RefObject<HTMLElement | null>
  /** The element with the focus after it closed; default: the one with the focus before. */
  finalFocus?: RefObject<HTMLElement | null>
  children: ReactNode
}) {
  const { w } = useSpeech()
  const { open, onClose, title, className = '', closable = true, initialFocus, finalFocus, children } = props
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && closable && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil veil-dialog" forceRender />
        <Dialog.Popup
          className={`dialog ${className}`}
          {...(initialFocus ? { initialFocus } : {})}
          {...(finalFocus ? { finalFocus } : {})}
        >
          <header className="dialog-head">
            <Dialog.Title className="dialog-title">{title}</Dialog.Title>
            <Dialog.Close
              className="button button-plain button-icon"
              aria-label={w.close}
              disabled={!closable}
            >
              <Icon name="close" />
            </Dialog.Close>
          </header>
          <div className="dialog-body">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
