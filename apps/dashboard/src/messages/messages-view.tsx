import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { Pages, usePageTop } from '../design/pages.tsx'
import { go, useHash, useShownContact } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { ALL_MESSAGES, type Listing, messageHash, messagesHash, readMessagesHash } from './address.ts'
import { Begin, ViewerPlace } from './begin.tsx'
import { MessageDrawer } from './message-drawer.tsx'
import { MessageFilters } from './message-filters.tsx'
import { MessageTable } from './message-table.tsx'
import { QueueLine } from './queue-line.tsx'
import { SendDialog } from './send-dialog.tsx'
import './messages.css'

const PAGE = 50
/** While the page is visible. The list of a page is one read of an index. */
const READ_EVERY_MS = 4_000

/** The place of messages: a list by state, number and contact, one message in detail, and a form that sends one. */
export function MessagesView() {
  const { w } = useSpeech()
  const mayAct = useMayAct()
  const nowMs = useNow(10_000)
  const hash = useHash()
  const contact = useShownContact()
  const { message, listing } = useMemo(() => readMessagesHash(hash), [hash])
  const [isSending, setSending] = useState(false)
  return (
    <div className="messages">
      <header className="messages-head">
        <h1>{w.messages.title}</h1>
        {mayAct && (
          <button type="button" className="button button-main" onClick={() => setSending(true)}>
            <Icon name="send" />
            {w.messages.send}
          </button>
        )}
      </header>
      <QueueLine nowMs={nowMs} />
      {mayAct ? <List listing={listing} contact={contact} nowMs={nowMs} /> : <ViewerPlace />}
      {mayAct && (
        <SendDialog
          open={isSending}
          onClose={() => setSending(false)}
          onAccepted={({ id }) => go(messageHash(id))}
        />
      )}
      <MessageDrawer id={message} onClose={() => go(messagesHash(listing), { contact })} />
    </div>
  )
}

function List({ listing, contact, nowMs }: { listing: Listing; contact: string | null; nowMs: number }) {
  const { w, f } = useSpeech()
  const { trpc } = useFleet()
  const { state, number, before } = listing
  const input = {
    // One more shows whether there are older ones.
    limit: PAGE + 1,
    ...(state === null ? {} : { state }),
    ...(number === null ? {} : { instanceName: number }),
    ...(contact === null ? {} : { contactId: contact }),
    ...(before === null ? {} : { before }),
  }
  const { data, error, refetch } = useQuery(
    trpc.message.list.queryOptions(input, {
      refetchInterval: READ_EVERY_MS,
      placeholderData: keepPreviousData,
    }),
  )
  const top = usePageTop(before)

  if (data === undefined) {
    if (error) return <FailureBox error={error} title={w.messages.failedTitle} onRetry={refetch} />
    return (
      <div aria-busy="true">
        <p className="unseen" role="status">
          {w.messages.reading}
        </p>
        <span className="bone bone-card" aria-hidden="true" />
      </div>
    )
  }
  const isWhole = state === null && number === null && contact === null && before === null
  if (isWhole && data.length === 0) return <Begin />
  const messages = data.slice(0, PAGE)
  const older = data.length > PAGE ? (messages.at(-1)?.id ?? null) : null
  return (
    <>
      <MessageFilters listing={listing} contact={contact} />
      <p className="unseen" role="status" ref={top} tabIndex={-1}>
        {w.messages.shown(f.number(messages.length))}
      </p>
      {error && <FailureBox error={error} onRetry={refetch} />}
      {messages.length === 0 ? (
        <div className="nothing card">
          <p>{w.messages.noneTitle}</p>
          <button type="button" className="link" onClick={() => go(messagesHash(ALL_MESSAGES))}>
            {w.messages.showAll}
          </button>
        </div>
      ) : (
        <MessageTable messages={messages} listing={listing} contact={contact} nowMs={nowMs} />
      )}
      <Pages
        before={before}
        older={older}
        words={w.messages}
        onPage={(wanted) => go(messagesHash({ ...listing, before: wanted }), { contact })}
      />
    </>
  )
}
