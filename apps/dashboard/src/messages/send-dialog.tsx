import { useId, useState } from 'react'
import { codeOf } from '../api/failure.ts'
import type { Message } from '../api/open-client.ts'
import { ContactField } from '../contacts/contact-field.tsx'
import { phoneMeant } from '../contacts/lookup.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { usePhoneReader } from '../number/phone-field.tsx'
import { TextField } from '../number/text-field.tsx'
import type { Words } from '../words/en.ts'
import { useSpeech } from '../words/speech.tsx'
import {
  CONTENTS,
  type Draft,
  isFileAddress,
  isUnread,
  NEW_DRAFT,
  outgoingOf,
  recipientOf,
  WAITS,
} from './outgoing.ts'
import { recipientWords } from './reason.ts'
import { TextArea } from './text-area.tsx'
import { useSend } from './use-send.ts'
import { WouldSend } from './would-send.tsx'

const LONGEST_TEXT = 65_536
const LONGEST_CAPTION = 4_096
const LONGEST_ADDRESS = 2_048

/** Sends one message, after it showed which number would send it. What was typed stays while the dialog is closed. */
export function SendDialog(props: {
  open: boolean
  onClose: () => void
  onAccepted: (message: Message) => void
}) {
  const { w, f } = useSpeech()
  const { open, onClose, onAccepted } = props
  const id = useId()
  const [draft, setDraft] = useState(NEW_DRAFT)
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }))
  const send = useSend((message) => {
    setDraft(NEW_DRAFT)
    onClose()
    onAccepted(message)
  })
  const words = w.messages
  const read = usePhoneReader(open && draft.recipient.trim() !== '')
  const recipient = recipientOf(draft.recipient, read)
  const isRead = recipient !== '' && recipient !== draft.recipient.trim()
  const meant = phoneMeant(recipient, read)
  const outgoing = outgoingOf(draft, recipient)
  const isFile = draft.content !== 'text'
  const isBadAddress = draft.url.trim() !== '' && !/^https?:/.test(draft.url.trim().slice(0, 6))
  return (
    <Modal open={open} onClose={onClose} title={words.send} closable={!send.isPending}>
      <QuestionForm
        onSubmit={() => outgoing && send.mutate(outgoing)}
        onCancel={onClose}
        isPending={send.isPending}
        mayGo={outgoing !== null}
        icon="send"
        label={send.isPending ? words.sending : words.sendAction}
      >
        <ContactField
          label={words.recipient}
          placeholder={w.contacts.placeholder}
          hint={
            isRead
              ? w.settings.phoneRead(recipientWords(recipient, f))
              : isUnread(recipient) && read !== null
                ? w.settings.notPhone
                : meant === null
                  ? words.recipientHint
                  : words.asTyped
          }
          isLive
          value={draft.recipient}
          onType={(value) => set({ recipient: value })}
        />
        {meant !== null && (
          <p>
            <button type="button" className="link" onClick={() => set({ recipient: meant })}>
              {words.sendTo(f.phone(meant))}
            </button>
          </p>
        )}
        <WouldSend recipient={isUnread(recipient) ? '' : recipient} />
        <div className="field">
          <label className="field-label" htmlFor={`${id}-what`}>
            {words.what}
          </label>
          <select
            id={`${id}-what`}
            className="input"
            value={draft.content}
            onChange={(event) => set({ content: event.target.value as Draft['content'] })}
          >
            {CONTENTS.map((one) => (
              <option key={one} value={one}>
                {words.whats[one]}
              </option>
            ))}
          </select>
        </div>
        {!isFile && (
          <TextArea
            label={words.text}
            value={draft.text}
            maxLength={LONGEST_TEXT}
            onType={(text) => set({ text })}
          />
        )}
        {isFile && (
          <TextField
            label={words.url}
            type="url"
            placeholder="https://"
            hint={words.urlHint}
            problem={isBadAddress && !isFileAddress(draft.url) ? words.notUrl : undefined}
            value={draft.url}
            maxLength={LONGEST_ADDRESS}
            onType={(url) => set({ url })}
          />
        )}
        {isFile && draft.content !== 'audio' && (
          <TextArea
            label={words.caption}
            value={draft.caption}
            maxLength={LONGEST_CAPTION}
            onType={(caption) => set({ caption })}
          />
        )}
        <div className="field">
          <label className="field-label" htmlFor={`${id}-wait`}>
            {words.wait}
          </label>
          <select
            id={`${id}-wait`}
            className="input"
            value={draft.waitS}
            aria-describedby={`${id}-wait-hint`}
            onChange={(event) => set({ waitS: Number(event.target.value) as Draft['waitS'] })}
          >
            {WAITS.map((one) => (
              <option key={one} value={one}>
                {words.waits[one]}
              </option>
            ))}
          </select>
          <p className="field-hint" id={`${id}-wait-hint`}>
            {words.waitHint}
          </p>
        </div>
        <SendOutcome isPending={send.isPending} error={send.error} />
      </QuestionForm>
    </Modal>
  )
}

/** What a person reads while a message is sent, and where that failed. */
export function SendOutcome({ isPending, error }: { isPending: boolean; error: unknown }) {
  const { w } = useSpeech()
  return (
    <>
      <p className="quiet" role="status" hidden={!isPending}>
        {isPending && w.messages.sendingMore}
      </p>
      {error !== null && !isPending && (
        <>
          <FailureBox error={error} sentences={sentencesOf(w)} />
          {isUnanswered(error) && <p>{w.messages.notCertainMore}</p>}
        </>
      )}
    </>
  )
}

const sentencesOf = ({ messages }: Words) => ({
  NO_CAPACITY: messages.noCapacity,
  OVERLOADED: messages.queueFull,
  UNREACHABLE: messages.notCertain,
  TIMEOUT: messages.notCertain,
})

function isUnanswered(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'UNREACHABLE' || code === 'TIMEOUT'
}
