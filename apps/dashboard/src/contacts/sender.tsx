import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Candidates, Verdict } from '../ask/answer.tsx'
import { usePool } from '../ask/use-pool.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { useSpeech } from '../words/speech.tsx'
import { ChangeNumber } from './change-number.tsx'
import { useClearNumber } from './use-contact-acts.ts'

const READ_EVERY_MS = 30_000

/** Which number would send the next message to a contact and why, with the acts that change it. */
export function Sender({ contact }: { contact: Contact }) {
  const { w } = useSpeech()
  const { trpc } = useFleet()
  const mayAct = useMayAct()
  const { pool, poolField } = usePool()
  const { id, preferredInstance } = contact
  const [isChanging, setChanging] = useState(false)
  const changeButton = useRef<HTMLButtonElement>(null)
  const clear = useClearNumber(id)
  const {
    data: explanation,
    error,
    refetch,
  } = useQuery(
    trpc.instance.explain.queryOptions(
      { contactId: id, ...(pool === undefined ? {} : { pool }) },
      { refetchInterval: READ_EVERY_MS },
    ),
  )
  return (
    <section className="sender card" aria-label={w.ask.title}>
      {poolField}
      {explanation === undefined ? (
        error ? (
          <FailureBox error={error} onRetry={refetch} />
        ) : (
          <span className="bone bone-verdict" aria-hidden="true" />
        )
      ) : (
        <Verdict explanation={explanation} contactId={id} strategy="sticky" pool={pool} />
      )}
      {mayAct && (
        <div className="acts">
          <button
            type="button"
            ref={changeButton}
            className="button button-small"
            onClick={() => setChanging(true)}
          >
            {preferredInstance === null ? w.contacts.setNumber : w.contacts.changeNumber}
          </button>
          {preferredInstance !== null && (
            <button
              type="button"
              className="button button-small"
              disabled={clear.isPending}
              onClick={() => {
                // The button disappears with the number.
                changeButton.current?.focus()
                clear.mutate()
              }}
            >
              {w.contacts.clearNumber}
            </button>
          )}
        </div>
      )}
      {explanation && explanation.candidates.length > 0 && (
        <details className="sender-all">
          <summary>{pool === undefined ? w.ask.candidates : w.ask.candidatesOf(pool)}</summary>
          <Candidates explanation={explanation} />
        </details>
      )}
      <ChangeNumber open={isChanging} onClose={() => setChanging(false)} contact={contact} />
    </section>
  )
}
