import { useSpeech } from '../words/speech.tsx'
import { useLiveFleet } from './live-fleet.tsx'

/** Whether the page is live, as a dot and a word. */
export function LiveMark() {
  const { w } = useSpeech()
  const { state } = useLiveFleet()
  const shown = state === 'live' || state === 'connecting' ? state : 'lost'
  return (
    <span className="live" data-state={shown} title={shown === 'live' ? w.live.liveHint : undefined}>
      <span className="live-dot" aria-hidden="true" />
      {w.live[shown]}
    </span>
  )
}
