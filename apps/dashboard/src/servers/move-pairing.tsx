import { useEffect } from 'react'
import type { Instance, Pairing } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { PairingCode } from '../pairing/pairing-code.tsx'
import { usePairingStream } from '../pairing/use-pairing-stream.ts'
import { useSpeech } from '../words/speech.tsx'
import { useCancelMove } from './use-move.ts'

/** The code that pairs the phone of a number with the server to which it moves. The live view shows when it is done. */
export function MovePairing(props: {
  instance: Instance
  target: string
  first: Pairing | null
  /** Begins the move again, after an error. */
  onAgain: () => void
  onClose: () => void
}) {
  const { w } = useSpeech()
  const { instance, target, first, onAgain, onClose } = props
  const { server } = instance
  const { refresh } = useLiveFleet()
  const progress = usePairingStream(instance.name, first)
  const cancel = useCancelMove(instance, onClose)
  const isPaired = progress.pairing?.state === 'already_connected'
  // The live view may be interrupted.
  useEffect(() => {
    if (isPaired) refresh()
  }, [isPaired, refresh])
  const { qr_pending, qr_limit_reached } = w.pair.reasons
  return (
    <div className="move">
      <p>{w.servers.stillServes(server, target)}</p>
      {progress.error === null ? (
        <PairingCode
          progress={progress}
          reasons={{
            qr_pending,
            qr_limit_reached,
            reconnecting: w.servers.recording,
            evolution_unreachable: { title: w.servers.away(target), more: w.servers.awayMore(server) },
          }}
        />
      ) : (
        <FailureBox
          error={progress.error}
          sentences={{ CONFLICT: w.servers.notMoved, EVOLUTION_UNREACHABLE: w.servers.away(target) }}
          onRetry={onAgain}
        />
      )}
      <div className="dialog-foot">
        <button
          type="button"
          className="button button-danger-quiet"
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {w.servers.cancelMove}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {w.servers.later}
        </button>
      </div>
    </div>
  )
}
