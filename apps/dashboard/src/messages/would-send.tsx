import { skipToken, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { codeOf } from '../api/failure.ts'
import { useFleet } from '../api/fleet.tsx'
import { Verdict } from '../ask/answer.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'

/** A recipient is read once nothing was typed for so long. */
const TYPED_MS = 500
const READ_EVERY_MS = 10_000

/** Which number would send to a recipient, before the message is sent; nothing without a recipient. */
export function WouldSend({ recipient }: { recipient: string }) {
  const { w } = useSpeech()
  const { trpc } = useFleet()
  const [id, setId] = useState(recipient)
  useEffect(() => {
    const timer = setTimeout(() => setId(recipient), TYPED_MS)
    return () => clearTimeout(timer)
  }, [recipient])
  const isTyping = id !== recipient
  const explained = useQuery(
    trpc.instance.explain.queryOptions(id === '' ? skipToken : { contactId: id }, {
      staleTime: 0,
      refetchInterval: READ_EVERY_MS,
    }),
  )
  if (recipient === '') return null
  const { data: explanation, error } = explained
  return (
    <section className="would-send" aria-label={w.messages.wouldSend} aria-live="polite" aria-busy={isTyping}>
      {!isTyping && codeOf(error) === 'CONTACT_BLOCKED' && error ? (
        <div className="verdict" data-found={false}>
          <Icon name="banned" />
          <div>
            <h3>{w.contacts.isBlocked}</h3>
            <p>{w.contacts.blockedMore}</p>
          </div>
        </div>
      ) : !isTyping && error ? (
        <FailureBox error={error} />
      ) : !isTyping && explanation ? (
        <Verdict explanation={explanation} contactId={id} strategy="sticky" />
      ) : (
        <span className="bone bone-verdict" aria-hidden="true" />
      )}
    </section>
  )
}
