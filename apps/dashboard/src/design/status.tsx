import type { Status } from '../api/open-client.ts'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './icon.tsx'

/** The colour of a status by its meaning, which word and icon repeat. */
export const TONES = {
  connected: 'good',
  connecting: 'warn',
  disconnected: 'bad',
  banned: 'bad',
  unknown: 'idle',
} as const satisfies Record<Status, string>

/** A status by icon, word and colour. */
export function StatusWord({ status }: { status: Status }) {
  const { w } = useSpeech()
  return (
    <span className="status" data-tone={TONES[status]}>
      <Icon name={status} />
      {w.status[status]}
    </span>
  )
}
