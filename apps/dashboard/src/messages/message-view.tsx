import { Dialog } from '@base-ui/react/dialog'
import { type ReactNode, useRef, useState } from 'react'
import { useMayAct } from '../api/fleet.tsx'
import type { Message } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { ContactLink } from '../contacts/contact-link.tsx'
import { NumberLink } from '../contacts/number-link.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { CancelQuestion } from './cancel-question.tsx'
import { attemptsOf, recipientWords, wordsOfResult } from './reason.ts'
import { Standing } from './standing.tsx'
import { STATES } from './state.ts'

/** One message: its state and what it means, its times and ids, and every number that tried it. */
export function MessageView({ message }: { message: Message }) {
  const { w, f } = useSpeech()
  const mayAct = useMayAct()
  const nowMs = useNow(10_000)
  const [isCanceling, setCanceling] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const { id, state, to, contactId, instanceName, error } = message
  const attempts = attemptsOf(message)
  const words = w.messages
  const at = (instant: string | null) => (instant === null ? words.notYet : f.moment(instant, nowMs))
  const hasEnded = STATES[state].readEveryMs === null || state === 'failed'
  return (
    <article className="message" aria-label={words.to(recipientWords(to, f))}>
      <header className="number-head">
        <div className="number-names">
          <Dialog.Title className="number-name" ref={heading} tabIndex={-1}>
            {recipientWords(to, f)}
          </Dialog.Title>
          <p className="quiet figures">{words.created(f.moment(message.createdAt, nowMs))}</p>
        </div>
        <Dialog.Close className="button button-plain button-icon" aria-label={w.close}>
          <Icon name="close" />
        </Dialog.Close>
      </header>

      <Standing message={message}>
        {mayAct && state === 'queued' && (
          <div className="acts">
            <button type="button" className="button button-small" onClick={() => setCanceling(true)}>
              {words.cancel}…
            </button>
          </div>
        )}
        {error !== null && (
          <details className="message-original">
            <summary>{words.original}</summary>
            <p lang="en">{error}</p>
          </details>
        )}
        <CancelQuestion id={id} open={isCanceling} onClose={() => setCanceling(false)} finalFocus={heading} />
      </Standing>

      <section className="part card">
        <h2>{words.attempts}</h2>
        {attempts.length === 0 ? (
          <p className="quiet">{hasEnded ? words.noAttemptsEnded : words.noAttempts}</p>
        ) : (
          <ol className="attempts">
            {attempts.map((attempt) => (
              <li key={`${attempt.at} ${attempt.instanceName}`}>
                <NumberLink name={attempt.instanceName} />
                <span className="quiet figures">{f.whenExactly(attempt.at, nowMs)}</span>
                <span className="attempt-result">{wordsOfResult(attempt.result, w)}</span>
              </li>
            ))}
          </ol>
        )}
      </section>

      <section className="part card">
        <h2>{words.details}</h2>
        <dl className="details figures">
          <Fact word={words.contact}>
            <ContactLink id={contactId}>{recipientWords(contactId, f)}</ContactLink>
          </Fact>
          <Fact word={words.number}>
            {instanceName === null ? words.noNumber : <NumberLink name={instanceName} />}
          </Fact>
          <Fact word={words.sentAt}>{at(message.sentAt)}</Fact>
          <Fact word={words.deliveredAt}>{at(message.deliveredAt)}</Fact>
          <Fact word={words.readAt}>{at(message.readAt)}</Fact>
          <Fact word={words.validUntil}>
            {message.validUntil === null ? words.atOnce : at(message.validUntil)}
          </Fact>
          {message.notBefore !== null && <Fact word={words.notBefore}>{at(message.notBefore)}</Fact>}
          {message.kind !== null && <Fact word={words.kind}>{words.kinds[message.kind]}</Fact>}
        </dl>
      </section>

      <section className="part card">
        <h2>{words.ids}</h2>
        <dl className="message-ids">
          <Fact word={words.id1}>{id}</Fact>
          {message.messageId !== null && <Fact word={words.id2}>{message.messageId}</Fact>}
          {message.reservationId !== null && <Fact word={words.id3}>{message.reservationId}</Fact>}
        </dl>
      </section>
    </article>
  )
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  )
}
