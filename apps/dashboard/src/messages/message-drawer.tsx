import { Dialog } from '@base-ui/react/dialog'
import { useEffect, useRef, useState } from 'react'
import { codeOf } from '../api/failure.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { isMessageId } from './address.ts'
import { MessageView } from './message-view.tsx'
import { useMessage } from './use-message.ts'

/** The message that the address names, over the list. */
export function MessageDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  // The message stays while the drawer slides out.
  const [shown, setShown] = useState(id)
  useEffect(() => {
    if (id !== null) setShown(id)
  }, [id])
  const wanted = id ?? shown
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root open={id !== null} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="drawer" ref={popup} initialFocus={popup}>
          {wanted !== null && <Content key={wanted} id={wanted} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Content({ id }: { id: string }) {
  const { w } = useSpeech()
  const isId = isMessageId(id)
  const { data: message, error, refetch } = useMessage(isId ? id : null)
  if (message) return <MessageView message={message} />
  const isGone = !isId || codeOf(error) === 'NOT_FOUND'
  return (
    <div className="missing">
      <Dialog.Title className="missing-title">
        {isGone && (error || !isId) ? w.messages.gone : w.messages.opening}
      </Dialog.Title>
      {isGone && (error || !isId) && <p>{w.messages.goneMore}</p>}
      {error && !isGone && <FailureBox error={error} onRetry={refetch} />}
      <Dialog.Close className="button">
        <Icon name="back" />
        {w.messages.toList}
      </Dialog.Close>
    </div>
  )
}
