import { useState } from 'react'
import type { Instance, Message } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { go } from '../follow-route.ts'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { messageHash } from '../messages/address.ts'
import { recipientOf, testMessageOf } from '../messages/outgoing.ts'
import { SendOutcome } from '../messages/send-dialog.tsx'
import { Standing } from '../messages/standing.tsx'
import { TextArea } from '../messages/text-area.tsx'
import { useMessage } from '../messages/use-message.ts'
import { useSend } from '../messages/use-send.ts'
import { useSpeech } from '../words/speech.tsx'
import { phoneOf } from './draft.ts'
import { PhoneField, usePhoneReader } from './phone-field.tsx'

const LONGEST_TEXT = 1_000

/** Sends a text through exactly this number to a phone of the operator, and follows it. */
export function TestMessage(props: { open: boolean; onClose: () => void; instance: Instance }) {
  const { w, f } = useSpeech()
  const { open, onClose, instance } = props
  const { name, unavailableReason } = instance
  const words = w.messages.test
  const { instances } = useLiveFleet()
  const [phone, setPhone] = useState('')
  const [text, setText] = useState<string | null>(null)
  const [sent, setSent] = useState<Message | null>(null)
  const send = useSend(setSent)
  const read = usePhoneReader(open && phone.trim() !== '')
  const reading = read === null ? null : phoneOf(phone, read)
  const to = recipientOf(reading ?? '', read)
  const names = (instances ?? []).map((one) => one.name)
  const written = text ?? words.text(name)
  const outgoing = testMessageOf({ to, text: written }, name, names)
  const isMissing = to === '' || written.trim() === ''
  const close = () => {
    send.reset()
    setSent(null)
    onClose()
  }
  return (
    <Modal open={open} onClose={close} title={words.title(name)} closable={!send.isPending}>
      {sent !== null ? (
        <Followed message={sent} onAnother={() => setSent(null)} />
      ) : outgoing === null ? (
        <p>{words.tooMany(f.number(names.length))}</p>
      ) : (
        <QuestionForm
          onSubmit={() => send.mutate(outgoing)}
          onCancel={close}
          isPending={send.isPending}
          mayGo={!isMissing}
          icon="send"
          label={send.isPending ? w.messages.sending : w.messages.sendAction}
        >
          <p>{words.more(name)}</p>
          {unavailableReason !== null && (
            <p className="settings-warning">{words.cannot(w.reason[unavailableReason])}</p>
          )}
          <PhoneField
            label={words.phone}
            hint={words.phoneHint}
            reading={reading}
            problem={
              phone.trim() !== '' && read !== null && reading === null ? w.settings.notPhone : undefined
            }
            value={phone}
            onType={setPhone}
          />
          <TextArea label={w.messages.text} value={written} maxLength={LONGEST_TEXT} onType={setText} />
          <p className="field-hint">{words.keeps(name)}</p>
          <SendOutcome isPending={send.isPending} error={send.error} />
        </QuestionForm>
      )}
    </Modal>
  )
}

/** The message that was sent, until it has ended. */
function Followed({ message, onAnother }: { message: Message; onAnother: () => void }) {
  const { w } = useSpeech()
  const { data } = useMessage(message.id)
  return (
    <>
      <Standing message={data ?? message} />
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onAnother}>
          {w.messages.test.another}
        </button>
        <button type="button" className="button button-main" onClick={() => go(messageHash(message.id))}>
          {w.messages.test.open}
        </button>
      </div>
    </>
  )
}
