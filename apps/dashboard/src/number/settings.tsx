import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { endIfRevoked, useFleet, useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { useNote } from '../design/notes.tsx'
import { useUnsaved } from '../design/unsaved.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Draft, draftOf, problemsOf, readDraft } from './draft.ts'
import { LimitFields } from './limit-fields.tsx'
import { PhoneField, usePhoneReader } from './phone-field.tsx'

/** Limits, priority and phone number; an admin may change them. */
export function Settings({ instance }: { instance: Instance }) {
  const { w, f } = useSpeech()
  const { client } = useFleet()
  const { apply } = useLiveFleet()
  const mayAct = useMayAct()
  const note = useNote()
  // Null until something is typed: until then, changes by others are shown.
  const [typed, setTyped] = useState<Draft | null>(null)
  const stored = draftOf(instance)
  const draft = typed ?? stored
  const readPhone = usePhoneReader(draft.phone !== stored.phone)
  const problems = problemsOf(draft, w, f, readPhone)
  const changes = readDraft(draft, stored, readPhone)
  const save = useMutation({
    mutationFn: (_sent: Draft) => client.instance.update.mutate({ name: instance.name, ...changes }),
    onSuccess(updated, sent) {
      apply(updated.name, updated)
      // Text that was typed during the call stays.
      setTyped((now) => (now === sent ? null : now))
      note({ title: w.settings.saved })
    },
    onError: endIfRevoked,
  })
  const type = (field: keyof Draft, value: string) => setTyped({ ...draft, [field]: value })
  const isChanged = Object.keys(changes).length > 0
  useUnsaved('settings', isChanged)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && Object.keys(problems).length === 0) save.mutate(draft)
  }
  const hour = changes.hourlyCapacity
  const day = changes.dailyCapacity
  const warning =
    Number(draft.hourly) > Number(draft.daily)
      ? w.settings.hourAboveDay
      : hour !== undefined && hour < instance.sentThisHour
        ? w.settings.belowSent(f.number(instance.sentThisHour))
        : day !== undefined && day < instance.sentToday
          ? w.settings.belowSent(f.number(instance.sentToday))
          : null

  return (
    <section className="part card">
      <h2>{w.settings.title}</h2>
      <form className="settings" onSubmit={submit} noValidate>
        <LimitFields draft={draft} problems={problems} onType={type} readOnly={!mayAct} />
        <PhoneField
          label={w.settings.phone}
          hint={w.settings.phoneHint}
          value={draft.phone}
          reading={draft.phone === stored.phone ? null : (readPhone?.(draft.phone) ?? null)}
          onType={(value) => type('phone', value)}
          problem={problems.phone}
          readOnly={!mayAct}
        />
        {warning && <p className="settings-warning">{warning}</p>}
        {save.isError && <FailureBox error={save.error} />}
        {!mayAct && <p className="field-hint">{w.settings.viewer}</p>}
        {mayAct && isChanged && (
          <div className="dialog-foot">
            <button
              type="button"
              className="button button-plain"
              onClick={() => {
                setTyped(null)
                save.reset()
              }}
            >
              {w.settings.undo}
            </button>
            <button
              type="submit"
              className="button button-main"
              disabled={save.isPending || Object.keys(problems).length > 0}
            >
              {save.isPending ? w.settings.saving : w.settings.save}
            </button>
          </div>
        )}
      </form>
    </section>
  )
}
