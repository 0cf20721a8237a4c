import { useRef, useState } from 'react'
import { useMayAct } from '../api/fleet.tsx'
import type { Contact } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { LinkQuestion } from './link-question.tsx'
import { UnlinkQuestion } from './unlink-question.tsx'
import { useOtherForm } from './use-other-form.ts'

/** The other ids of a contact; an admin links one, takes one away, and separates the two forms of a Brazilian number. */
export function OtherIds({ contact }: { contact: Contact }) {
  const { w } = useSpeech()
  const mayAct = useMayAct()
  const [isLinking, setLinking] = useState(false)
  const [unlinked, setUnlinked] = useState<string | null>(null)
  const otherForm = useOtherForm(contact.id)
  const linkButton = useRef<HTMLButtonElement>(null)
  return (
    <section className="part card">
      <h3>{w.contacts.otherIds}</h3>
      {contact.aliases.length === 0 ? (
        <p className="quiet">{w.contacts.noOtherIds}</p>
      ) : (
        <ul className="other-ids">
          {contact.aliases.map((alias) => (
            <li key={alias}>
              <span className="other-id">{alias}</span>
              {mayAct && (
                <button
                  type="button"
                  className="button button-small"
                  aria-label={w.contacts.unlinkNamed(alias)}
                  onClick={() => setUnlinked(alias)}
                >
                  {w.contacts.unlink}…
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayAct && (
        <div className="acts">
          <button
            type="button"
            ref={linkButton}
            className="button button-small"
            onClick={() => setLinking(true)}
          >
            <Icon name="plus" />
            {w.contacts.link}…
          </button>
          {otherForm !== null && (
            <button type="button" className="button button-small" onClick={() => setUnlinked(otherForm)}>
              {w.contacts.separate}…
            </button>
          )}
          <LinkQuestion open={isLinking} onClose={() => setLinking(false)} contact={contact} />
          <UnlinkQuestion
            alias={unlinked}
            isOtherForm={unlinked === otherForm}
            onClose={() => setUnlinked(null)}
            contact={contact}
            finalFocus={linkButton}
          />
        </div>
      )}
    </section>
  )
}
