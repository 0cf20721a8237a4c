import { useQuery } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'

const READ_EVERY_MS = 10_000

/** How many messages wait now and since when, are scheduled, and are being sent. */
export function QueueLine({ nowMs }: { nowMs: number }) {
  const { w, f } = useSpeech()
  const { trpc } = useFleet()
  const { data } = useQuery(trpc.fleet.conditions.queryOptions({}, { refetchInterval: READ_EVERY_MS }))
  if (data === undefined) return null
  const { queued, scheduled, sending, oldestAt } = data.messages
  const waiting = Math.max(0, queued - scheduled)
  const words = w.messages.queue
  const waitedMs = oldestAt === null ? null : Math.max(0, nowMs - Date.parse(oldestAt))
  const parts = [
    waiting > 0 && words.waiting(waiting, f.number(waiting)),
    waiting > 0 && waitedMs !== null && words.oldest(f.duration(waitedMs)),
    scheduled > 0 && words.scheduled(scheduled, f.number(scheduled)),
    sending > 0 && words.sending(sending, f.number(sending)),
  ].filter(Boolean)
  return (
    <p className="queue-line figures">
      <Icon name="clock" />
      {parts.length === 0 ? words.nothing : parts.join(' · ')}
    </p>
  )
}
