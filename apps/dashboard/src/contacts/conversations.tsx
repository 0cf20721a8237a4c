import type { UseQueryResult } from '@tanstack/react-query'
import { useRef } from 'react'
import type { ContactExport } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { useSpeech } from '../words/speech.tsx'
import { conversationsOf } from './conversation.ts'
import { NumberLink } from './number-link.tsx'

/** A longer list is not read; the export has all. */
const SHOWN = 50

/** With which numbers a contact has talked, the newest first; read once that is wanted. */
export function Conversations(props: {
  stored: UseQueryResult<ContactExport, unknown>
  isWanted: boolean
  onWant: () => void
  nowMs: number
}) {
  const { w, f } = useSpeech()
  const { stored, isWanted, onWant, nowMs } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const all = stored.data ? conversationsOf(stored.data) : []
  return (
    <section className="part card" aria-busy={isWanted && stored.isPending}>
      <h3 ref={heading} tabIndex={-1}>
        {w.contacts.conversations}
      </h3>
      {!stored.data && !stored.isError && (
        <>
          <p className="quiet">{w.contacts.conversationsMore}</p>
          <div className="acts">
            <button
              type="button"
              className="button button-small"
              disabled={isWanted}
              onClick={() => {
                // The button disappears once the conversations are shown.
                heading.current?.focus()
                onWant()
              }}
            >
              {isWanted ? w.contacts.readingConversations : w.contacts.showConversations}
            </button>
          </div>
        </>
      )}
      {stored.isError && <FailureBox error={stored.error} onRetry={stored.refetch} />}
      {stored.data && all.length === 0 && <p className="quiet">{w.contacts.noConversations}</p>}
      {all.length > 0 && (
        <table className="conversations">
          <thead>
            <tr>
              <th scope="col">{w.contacts.number}</th>
              <th scope="col">{w.contacts.sent}</th>
              <th scope="col">{w.contacts.received}</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, SHOWN).map(({ instanceName, lastSentAt, lastInboundAt }) => (
              <tr key={instanceName}>
                <th scope="row">
                  <NumberLink name={instanceName} />
                </th>
                <td className="figures">{lastSentAt === null ? '–' : f.ago(lastSentAt, nowMs)}</td>
                <td className="figures">{lastInboundAt === null ? '–' : f.ago(lastInboundAt, nowMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {all.length > SHOWN && <p className="quiet">{w.ask.more(f.number(all.length - SHOWN))}</p>}
      <p className="unseen" role="status">
        {stored.data ? w.contacts.conversationsShown(f.number(all.length)) : ''}
      </p>
    </section>
  )
}
