import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { codeOf } from '../api/failure.ts'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import { ContactField } from '../contacts/contact-field.tsx'
import { ContactLink } from '../contacts/contact-link.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Candidates, Verdict } from './answer.tsx'
import { usePool } from './use-pool.tsx'
import './ask.css'

const STRATEGIES = ['sticky', 'round_robin', 'least_loaded'] as const

type Strategy = (typeof STRATEGIES)[number]

/** Which number would send a message to a person now, and why not the others. */
export function AskView() {
  const { w } = useSpeech()
  const { client } = useFleet()
  const id = useId()
  const [contact, setContact] = useState('')
  const [strategy, setStrategy] = useState<Strategy>('sticky')
  const { pool, poolField } = usePool()
  const ask = useMutation({
    async mutationFn(wanted: { contactId: string; strategy: Strategy; pool: string | undefined }) {
      const contactId = wanted.contactId === '' ? undefined : wanted.contactId
      const explanation = await client.instance.explain.query({
        strategy: wanted.strategy,
        ...(contactId ? { contactId } : {}),
        ...(wanted.pool === undefined ? {} : { pool: wanted.pool }),
      })
      return { explanation, ...wanted }
    },
    onError: endIfRevoked,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate({ contactId: contact.trim(), strategy, pool })
  }
  return (
    <div className="ask">
      <h1>{w.ask.title}</h1>
      <p className="ask-lead">{w.ask.lead}</p>
      <form className="ask-form card" onSubmit={submit}>
        <ContactField
          label={w.ask.contact}
          placeholder={w.ask.contactPlaceholder}
          hint={w.ask.contactHint}
          value={contact}
          onType={setContact}
        />
        <div className="field">
          <label className="field-label" htmlFor={`${id}-strategy`}>
            {w.ask.strategy}
          </label>
          <select
            id={`${id}-strategy`}
            className="input"
            value={strategy}
            onChange={(event) => setStrategy(event.target.value as Strategy)}
          >
            {STRATEGIES.map((one) => (
              <option key={one} value={one}>
                {w.ask.strategies[one]}
              </option>
            ))}
          </select>
        </div>
        {poolField}
        <button type="submit" className="button button-main" disabled={ask.isPending}>
          <Icon name="arrow" />
          {ask.isPending ? w.ask.asking : w.ask.submit}
        </button>
      </form>
      {ask.isError && <Refusal error={ask.error} contactId={ask.variables.contactId} />}
      {ask.data && (
        <section className="answer" aria-live="polite">
          <div className="card">
            <Verdict {...ask.data} />
            {ask.data.contactId !== '' && (
              <p className="answer-more">
                <ContactLink id={ask.data.contactId}>{w.ask.toContact}</ContactLink>
              </p>
            )}
          </div>
          {ask.data.explanation.candidates.length > 0 && (
            <div className="answer-list card">
              <h3>{ask.data.pool === undefined ? w.ask.candidates : w.ask.candidatesOf(ask.data.pool)}</h3>
              <Candidates {...ask.data} />
            </div>
          )}
        </section>
      )}
    </div>
  )
}

/** Why there is no answer. A blocked contact is no failure; its view shows since when and why. */
function Refusal({ error, contactId }: { error: unknown; contactId: string }) {
  const { w } = useSpeech()
  if (codeOf(error) !== 'CONTACT_BLOCKED') return <FailureBox error={error} />
  return (
    <section className="answer" aria-live="polite">
      <div className="card">
        <div className="verdict" data-found={false}>
          <Icon name="banned" />
          <div>
            <h2>{w.contacts.isBlocked}</h2>
            <p>{w.contacts.blockedMore}</p>
          </div>
        </div>
        <p className="answer-more">
          <ContactLink id={contactId}>{w.ask.toContact}</ContactLink>
        </p>
      </div>
    </section>
  )
}
