import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { endIfRevoked, useFleet, useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { FailureBox } from '../look/failure-box.tsx'
import { useNote } from '../look/notes.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Draft, draftOf, problemsOf, readDraft } from './draft.ts'
import { NumberField } from './number-field.tsx'

/** Limits, priority and phone number, to be changed by who may. */
export function Settings({ instance }: { instance: Instance }) {
  const { w, f } = useSpeech()
  const { client } = useFleet()
  const { apply } = useLiveFleet()
  const mayAct = useMayAct()
  const note = useNote()
  const id = useId()
  // Null until something is typed: what others change meanwhile shows.
  const [typed, setTyped] = useState<Draft | null>(null)
  const stored = draftOf(instance)
  const draft = typed ?? stored
  const problems = problemsOf(draft, w, f)
  const changes = readDraft(draft, stored)
  const save = useMutation({
    mutationFn: () => client.instance.update.mutate({ name: instance.name, ...changes }),
    onSuccess(updated) {
      apply({ name: updated.name, instance: updated })
      setTyped(null)
      note({ title: w.settings.saved })
    },
    onError: endIfRevoked,
  })
  const type = (field: keyof Draft) => (value: string) => setTyped({ ...draft, [field]: value })
  const isChanged = Object.keys(changes).length > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && Object.keys(problems).length === 0) save.mutate()
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
        <div className="settings-row">
          <NumberField
            label={w.settings.hourly}
            value={draft.hourly}
            onType={type('hourly')}
            problem={problems.hourly}
            readOnly={!mayAct}
          />
          <NumberField
            label={w.settings.daily}
            value={draft.daily}
            onType={type('daily')}
            problem={problems.daily}
            readOnly={!mayAct}
          />
          <NumberField
            label={w.settings.priority}
            value={draft.priority}
            onType={type('priority')}
            problem={problems.priority}
            readOnly={!mayAct}
          />
        </div>
        <div className="field">
          <label className="field-label" htmlFor={`${id}-phone`}>
            {w.settings.phone}
          </label>
          <input
            id={`${id}-phone`}
            className="input figures"
            type="tel"
            autoComplete="off"
            value={draft.phone}
            readOnly={!mayAct}
            placeholder="+5511987654321"
            aria-invalid={problems.phone !== undefined}
            aria-describedby={`${id}-phone-hint`}
            onChange={(event) => type('phone')(event.target.value)}
          />
          <p className={problems.phone ? 'field-error' : 'field-hint'} id={`${id}-phone-hint`}>
            {problems.phone ?? w.settings.phoneHint}
          </p>
        </div>
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
