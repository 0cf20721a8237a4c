import { useSpeech } from '../words/speech.tsx'
import { useLiveFleet } from './live-fleet.tsx'

/** Whether the page is live, as a dot and a word. */
export function LiveMark() {
  const { w } = useSpeech()
  const { live } = useLiveFleet()
  return (
    <span
      className="live"
      data-state={live.state}
      title={live.state === 'live' ? w.live.liveHint : undefined}
    >
      <span className="live-dot" aria-hidden="true" />
      {w.live[live.state]}
    </span>
  )
}
