import { useState } from 'react'
import { useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { useCancelMove } from './use-move.ts'
import './servers.css'

/** That a number moves to another server, and the buttons that continue or cancel it. */
export function Moving({ instance }: { instance: Instance }) {
  const { w } = useSpeech()
  const mayAct = useMayAct()
  const [isOpen, setOpen] = useState(false)
  const cancel = useCancelMove(instance)
  const { name, server, movingTo } = instance
  return (
    <>
      {movingTo !== null && (
        <section className="moving card" aria-label={w.servers.movingTitle(name, movingTo)}>
          <h2>{w.servers.movingMark(movingTo)}</h2>
          <p>{w.servers.stillServes(server, movingTo)}</p>
          {mayAct && (
            <div className="acts">
              <button type="button" className="button button-main button-small" onClick={() => setOpen(true)}>
                <Icon name="qr" />
                {w.servers.continue}
              </button>
              <button
                type="button"
                className="button button-small"
                disabled={cancel.isPending}
                onClick={() => cancel.mutate()}
              >
                {w.servers.cancelMove}
              </button>
            </div>
          )}
        </section>
      )}
      <MoveDialog instance={instance} open={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}
