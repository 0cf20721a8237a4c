import { useState } from 'react'
import type { Pairing } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { go } from '../follow-route.ts'
import { useInstance, useLiveFleet } from '../live/live-fleet.tsx'
import { numberHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { PairingCode } from './pairing-code.tsx'
import { usePairingStream } from './use-pairing-stream.ts'

/** Shows the codes of a number until its phone is connected, or why there is none at present. */
export function PairNumber(props: {
  name: string
  first: Pairing | null
  onClose: () => void
  onAnother: () => void
  onNext: (name: string) => void
}) {
  const { w } = useSpeech()
  const { name, first, onClose, onAnother, onNext } = props
  const { instances } = useLiveFleet()
  const progress = usePairingStream(name, first)
  const { pairing, error, again } = progress
  const instance = useInstance(name)
  // The stream of the fleet may be earlier than that of the pairing, or the only one that is open.
  const [wasConnected] = useState(instance?.status === 'connected')
  const isConnected =
    pairing?.state === 'already_connected' || (!wasConnected && instance?.status === 'connected')

  const next = instances?.find((one) => one.name !== name && one.nextStep === 'scan')
  if (isConnected) {
    return (
      <div className="joy" role="status">
        <span className="joy-mark" aria-hidden="true">
          <Icon name="check" />
        </span>
        <p className="joy-title">{w.pair.connectedTitle(name)}</p>
        <p className="quiet">{instance?.paused ? w.action.PAUSED : w.pair.connectedMore}</p>
        <div className="joy-acts">
          {next && (
            <button type="button" className="button" onClick={() => onNext(next.name)}>
              <Icon name="qr" />
              {w.pair.next(next.name)}
            </button>
          )}
          <button type="button" className="button button-plain" onClick={onAnother}>
            {w.pair.another}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              onClose()
              go(numberHash(name))
            }}
          >
            {w.pair.open}
          </button>
          <button type="button" className="button button-main" onClick={onClose}>
            {w.pair.done}
          </button>
        </div>
      </div>
    )
  }
  if (error !== null) return <FailureBox error={error} title={w.pair.pairFailedTitle} onRetry={again} />
  return <PairingCode progress={progress} />
}
