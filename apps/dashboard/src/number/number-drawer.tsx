import { Dialog } from '@base-ui/react/dialog'
import { useEffect, useRef, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { UnsavedGuard } from '../design/unsaved.tsx'
import { go, useRoute } from '../follow-route.ts'
import { useInstance, useLiveFleet } from '../live/live-fleet.tsx'
import { PairingDialog } from '../pairing/pairing-dialog.tsx'
import { fleetHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { NumberView } from './number-view.tsx'
import './number.css'
import './budget.css'
import './history.css'

/** The number that the address names, over the fleet. Closing it goes back to the fleet. */
export function NumberDrawer({ name }: { name: string | null }) {
  const { w } = useSpeech()
  const { instances } = useLiveFleet()
  const { list } = useRoute()
  // The name stays while the drawer slides out.
  const [shown, setShown] = useState(name)
  useEffect(() => {
    if (name !== null) setShown(name)
  }, [name])
  const wanted = name ?? shown
  const popup = useRef<HTMLDivElement>(null)
  const instance = useInstance(wanted)
  return (
    <UnsavedGuard>
      {(close, question) => (
        <Dialog.Root open={name !== null} onOpenChange={(open) => !open && close(() => go(fleetHash(list)))}>
          <Dialog.Portal>
            <Dialog.Backdrop className="veil" />
            <Dialog.Popup className="drawer" ref={popup} initialFocus={popup}>
              {wanted !== null && instance && <NumberView key={wanted} instance={instance} />}
              {wanted !== null && !instance && name !== null && (
                <div className="missing">
                  <Dialog.Title className="missing-title">
                    {instances === null ? w.fleet.loading : w.number.notFoundTitle}
                  </Dialog.Title>
                  {instances !== null && <p>{w.number.notFoundMore}</p>}
                  <Dialog.Close className="button">
                    <Icon name="back" />
                    {w.number.toFleet}
                  </Dialog.Close>
                </div>
              )}
              <PairingDialog />
              {question}
            </Dialog.Popup>
          </Dialog.Portal>
        </Dialog.Root>
      )}
    </UnsavedGuard>
  )
}
