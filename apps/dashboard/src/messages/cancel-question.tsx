import type { RefObject } from 'react'
import { endIfRevoked } from '../api/fleet.tsx'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { useNote } from '../design/notes.tsx'
import { useSpeech } from '../words/speech.tsx'
import { useCancel } from './use-send.ts'

/** Cancels a message that waits, after a question. */
export function CancelQuestion(props: {
  id: string
  open: boolean
  onClose: () => void
  /** The button that opened it disappears with the wait. */
  finalFocus: RefObject<HTMLElement | null>
}) {
  const { w } = useSpeech()
  const { id, open, onClose, finalFocus } = props
  const note = useNote()
  const act = useCancel(id, () => {
    note({ title: w.messages.canceled })
    close()
  })
  function close(): void {
    act.reset()
    onClose()
  }
  return (
    <Modal
      open={open}
      onClose={close}
      title={w.messages.cancelTitle}
      closable={!act.isPending}
      finalFocus={finalFocus}
    >
      <p>{w.messages.cancelMore}</p>
      {act.isError && <FailureBox error={act.error} sentences={{ CONFLICT: w.messages.tooLate }} />}
      <div className="dialog-foot">
        <button type="button" className="button" onClick={close} disabled={act.isPending}>
          {w.messages.keep}
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={act.isPending}
          onClick={() => act.mutate(undefined, { onError: endIfRevoked })}
        >
          {w.messages.cancel}
        </button>
      </div>
    </Modal>
  )
}
