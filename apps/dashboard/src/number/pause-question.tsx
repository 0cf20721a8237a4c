import { INSTANCE_LIMITS } from '@zapfleet/client'
import { useId, useState } from 'react'
import { Modal } from '../design/dialog.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { useSpeech } from '../words/speech.tsx'
import { usePauseAct } from './use-acts.ts'

/** Pauses a number, with an optional reason for the other operators. */
export function PauseQuestion({ open, onClose, name }: { open: boolean; onClose: () => void; name: string }) {
  const { w } = useSpeech()
  const id = useId()
  const [reason, setReason] = useState('')
  const pause = usePauseAct(name)
  const submit = () => {
    const pauseReason = reason.trim()
    pause.mutate(
      { paused: true, ...(pauseReason === '' ? {} : { pauseReason }) },
      // The reason of a pause that was cancelled or failed stays for the next attempt.
      { onSuccess: () => setReason(''), onSettled: onClose },
    )
  }
  return (
    <Modal open={open} onClose={onClose} title={w.acts.pauseTitle(name)} closable={!pause.isPending}>
      <QuestionForm
        onSubmit={submit}
        onCancel={onClose}
        isPending={pause.isPending}
        icon="pause"
        label={pause.isPending ? w.acts.working.pause : w.acts.pause}
      >
        <p>{w.acts.pauseMore}</p>
        <div className="field">
          <label className="field-label" htmlFor={id}>
            {w.acts.pauseReason}
          </label>
          <input
            id={id}
            className="input"
            value={reason}
            maxLength={INSTANCE_LIMITS.pauseReasonMaxLength}
            autoComplete="off"
            aria-describedby={`${id}-hint`}
            onChange={(event) => setReason(event.target.value)}
          />
          <p className="field-hint" id={`${id}-hint`}>
            {w.acts.pauseReasonHint}
          </p>
        </div>
      </QuestionForm>
    </Modal>
  )
}
