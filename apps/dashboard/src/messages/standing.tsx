import type { ReactNode } from 'react'
import type { Message } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { useSpeech } from '../words/speech.tsx'
import { fateOf, reasonOf } from './reason.ts'
import { StateWord } from './state-word.tsx'

/** The state of a message with its reason and what it means, announced when it changes. `children` are the acts. */
export function Standing({ message, children }: { message: Message; children?: ReactNode }) {
  const { w, f } = useSpeech()
  const nowMs = useNow(10_000)
  const { state } = message
  const reason = reasonOf(message, w, f, nowMs)
  const fate = fateOf(message, w, f, nowMs)
  return (
    <section className="standing card" data-state={state}>
      <div role="status" className="standing-words">
        <p className="standing-line">
          <StateWord state={state} />
          {state !== 'unknown' && reason !== null && <span className="quiet">{reason}</span>}
        </p>
        <p>{w.messages.stateMore[state]}</p>
      </div>
      {fate !== null && <p className="quiet figures">{fate}</p>}
      {children}
    </section>
  )
}
