import type { WebhookEndpoint } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'

type DeliveryWords = {
  neverDelivered: string
  delivered: (when: string) => string
  failed: (when: string) => string
}

/** The last delivery to a receiver: when, and why it failed in the words of the API. */
export function Delivery({ value, words }: { value: WebhookEndpoint['lastDelivery']; words: DeliveryWords }) {
  const { f } = useSpeech()
  const nowMs = useNow(20_000)
  if (value === null) return <p className="quiet">{words.neverDelivered}</p>
  const when = f.when(value.at, nowMs)
  return (
    <>
      <p className="status figures" data-tone={value.ok ? 'good' : 'bad'}>
        <Icon name={value.ok ? 'check' : 'warn'} />
        {value.ok ? words.delivered(when) : words.failed(when)}
      </p>
      {value.error !== null && <p className="entry-error">{value.error}</p>}
    </>
  )
}
