import { Icon } from '../design/icon.tsx'
import { go } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { isMessageId, messageHash } from './address.ts'
import { FindForm } from './message-filters.tsx'

/** What the place is for and how to begin, before the first message. */
export function Begin() {
  const { w } = useSpeech()
  const url = new URL('.', location.href).href.replace(/\/$/, '')
  return (
    <section className="empty messages-empty card">
      <span className="empty-picture" aria-hidden="true">
        <Icon name="send" />
      </span>
      <h2>{w.messages.emptyTitle}</h2>
      <p>{w.messages.emptyMore}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard */}
      <pre className="messages-code" tabIndex={0}>
        <code>{`import { createFleetClient } from '@zapfleet/client'

const fleet = createFleetClient({ url: '${url}', apiKey: '…' })
const message = await fleet.message.send.mutate({ to: '5511987654321', text: 'Olá!' })
console.log(message.state)`}</code>
      </pre>
      <a href="./docs">{w.messages.emptyDocs}</a>
    </section>
  )
}

/** For viewers: why there is no list, and a field that opens one message. */
export function ViewerPlace() {
  const { w } = useSpeech()
  return (
    <section className="messages-viewer card">
      <h2>{w.messages.viewerTitle}</h2>
      <p>{w.messages.viewerMore}</p>
      <FindForm
        label={w.messages.id}
        contact={null}
        onFind={(id) => id !== null && go(messageHash(isMessageId(id) ? id : encodeURIComponent(id)))}
      />
    </section>
  )
}
