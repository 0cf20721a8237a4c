import { skipToken, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { MessagesLink } from '../messages/messages-link.tsx'
import { useSpeech } from '../words/speech.tsx'
import { ContactActs } from './contact-acts.tsx'
import { Conversations } from './conversations.tsx'
import { isUnknown, phoneOfId } from './lookup.ts'
import { NumberLink } from './number-link.tsx'
import { OtherIds } from './other-ids.tsx'
import { PhoneMeant } from './phone-meant.tsx'
import { Sender } from './sender.tsx'

const READ_EVERY_MS = 30_000

/** One contact: its number and why, what was sent and received, its ids, and what an admin can do. */
export function ContactView(props: {
  id: string
  /** Shows another contact, null: none. The act disappears with this one. */
  onGo: (contact: string | null, how?: { replace: boolean }) => void
}) {
  const { id, onGo } = props
  const { w, f } = useSpeech()
  const { trpc } = useFleet()
  const mayAct = useMayAct()
  const nowMs = useNow(10_000)
  const read = useQuery(trpc.contact.get.queryOptions({ id }, { refetchInterval: READ_EVERY_MS }))
  const [isWanted, setWanted] = useState(false)
  const stored = useQuery(
    trpc.contact.export.queryOptions(isWanted ? { id } : skipToken, { staleTime: Number.POSITIVE_INFINITY }),
  )
  const want = () => setWanted(true)
  const blockBox = useRef<HTMLDivElement>(null)
  const contact = read.data
  if (contact === undefined) {
    if (read.isError)
      return <FailureBox error={read.error} title={w.contacts.failedTitle} onRetry={read.refetch} />
    return (
      <div aria-busy="true">
        <p className="unseen" role="status">
          {w.contacts.reading}
        </p>
        <span className="bone bone-card" aria-hidden="true" />
      </div>
    )
  }
  const phone = phoneOfId(id)
  const { lastInbound, preferredInstance } = contact
  const unknown = isUnknown(contact)
  const block = stored.data?.contact
  return (
    <article className="contact" aria-label={id}>
      <section className="contact-head card" data-blocked={contact.blocked || undefined}>
        <h2>{phone === null ? id : f.phone(phone)}</h2>
        <p className="unseen" role="status">
          {contact.blocked ? w.contacts.isBlocked : w.contacts.shown}
        </p>
        {contact.blocked && (
          <div className="contact-block" ref={blockBox} tabIndex={-1}>
            <p className="status" data-tone="bad">
              <Icon name="banned" />
              {block?.blockedAt
                ? w.contacts.blockedSince(f.moment(block.blockedAt, nowMs))
                : w.contacts.isBlocked}
            </p>
            {block?.blockedReason && <p>{w.fleet.pausedBecause(block.blockedReason)}</p>}
            <p className="quiet">{w.contacts.blockedMore}</p>
            {mayAct && !isWanted && (
              <button
                type="button"
                className="link"
                onClick={() => {
                  // The button disappears.
                  blockBox.current?.focus()
                  want()
                }}
              >
                {w.contacts.showBlock}
              </button>
            )}
          </div>
        )}
        {unknown && (
          <>
            <p>{w.contacts.unknown}</p>
            <PhoneMeant id={id} onShow={onGo} />
          </>
        )}
        {!unknown && (
          <dl className="contact-facts">
            <div>
              <dt>{w.contacts.number}</dt>
              <dd>
                {preferredInstance === null ? w.contacts.noNumber : <NumberLink name={preferredInstance} />}
              </dd>
            </div>
            <div>
              <dt>{w.contacts.lastInbound}</dt>
              <dd>
                {lastInbound === null ? (
                  w.contacts.noInbound
                ) : (
                  <>
                    <NumberLink name={lastInbound.instanceName} /> · {f.ago(lastInbound.at, nowMs)}
                  </>
                )}
              </dd>
            </div>
          </dl>
        )}
        {mayAct ? (
          <>
            <ContactActs contact={contact} onForgotten={() => onGo(null, { replace: true })} />
            <p>
              <MessagesLink contact={id}>{w.messages.ofContact}</MessagesLink>
            </p>
          </>
        ) : (
          <p className="field-hint">{w.contacts.viewer}</p>
        )}
      </section>
      {!contact.blocked && <Sender contact={contact} />}
      {mayAct && <Conversations stored={stored} isWanted={isWanted} onWant={want} nowMs={nowMs} />}
      {(mayAct || contact.aliases.length > 0) && <OtherIds contact={contact} />}
    </article>
  )
}
