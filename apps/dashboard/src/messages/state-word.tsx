import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type MessageState, STATES } from './state.ts'

/** The state of a message by icon, word and colour. */
export function StateWord({ state }: { state: MessageState }) {
  const { w } = useSpeech()
  const { tone, icon } = STATES[state]
  return (
    <span className="status" data-tone={tone}>
      <Icon name={icon} />
      {w.messages.state[state]}
    </span>
  )
}
