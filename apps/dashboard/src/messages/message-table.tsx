import type { Message } from '../api/open-client.ts'
import { followLink, go } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { type Listing, messageHash } from './address.ts'
import { fateOf, reasonOf, recipientWords } from './reason.ts'
import { StateWord } from './state-word.tsx'

/** Messages, each with its state and why, or what became of it. A row opens its message over the list. */
export function MessageTable(props: {
  messages: readonly Message[]
  listing: Listing
  contact: string | null
  nowMs: number
}) {
  const { w, f } = useSpeech()
  const { messages, listing, contact, nowMs } = props
  const { columns } = w.messages
  return (
    <table className="messages-table card" aria-label={w.messages.title}>
      <thead>
        <tr>
          <th scope="col">{columns.time}</th>
          <th scope="col">{columns.to}</th>
          <th scope="col">{columns.number}</th>
          <th scope="col">{columns.state}</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => {
          const { id, to, state, instanceName } = message
          const hash = messageHash(id, listing)
          const more = reasonOf(message, w, f, nowMs) ?? fateOf(message, w, f, nowMs)
          return (
            <tr key={id} data-id={id}>
              <td className="figures message-time">{f.moment(message.createdAt, nowMs)}</td>
              <th scope="row">
                <a
                  className="message-link figures"
                  href={hash}
                  onClick={(event) => followLink(event, () => go(hash, { contact }))}
                >
                  {recipientWords(to, f)}
                </a>
              </th>
              <td className="message-number">
                {instanceName ?? <span className="quiet">{w.messages.noNumber}</span>}
              </td>
              <td className="message-state">
                <StateWord state={state} />
                {more !== null && <span className="message-more figures">{more}</span>}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
