import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { endIfRevoked, useFleet, useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { useNote } from '../design/notes.tsx'
import { useUnsaved } from '../design/unsaved.tsx'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type BudgetDraft, budgetOf, budgetProblems, readBudget } from './budget-draft.ts'
import { BudgetFields } from './budget-fields.tsx'
import { type Draft, draftOf, problemsOf, readDraft } from './draft.ts'
import { LimitFields } from './limit-fields.tsx'
import { PhoneField, usePhoneReader } from './phone-field.tsx'
import { readTags, type TagDraft, tagDraftOf, tagProblem } from './tag-draft.ts'
import { TagsField } from './tags-field.tsx'

type WholeDraft = Draft & TagDraft & BudgetDraft

/** The settings of a number as one form; an admin may change them. Only the changed ones are sent. */
export function Settings({ instance }: { instance: Instance }) {
  const { w, f } = useSpeech()
  const { client } = useFleet()
  const { apply } = useLiveFleet()
  const mayAct = useMayAct()
  const note = useNote()
  // Null until something is typed: until then, changes by others are shown.
  const [typed, setTyped] = useState<WholeDraft | null>(null)
  const stored = { ...draftOf(instance), ...tagDraftOf(instance), ...budgetOf(instance, f) }
  const draft = typed ?? stored
  const readPhone = usePhoneReader(draft.phone !== stored.phone)
  const limitProblems = problemsOf(draft, w, f, readPhone)
  const moreProblems = budgetProblems(draft, w, f)
  const wrongTags = tagProblem(draft, w)
  const isValid = wrongTags === undefined && Object.keys({ ...limitProblems, ...moreProblems }).length === 0
  const changes = {
    ...readDraft(draft, stored, readPhone),
    ...readTags(draft, stored),
    ...readBudget(draft, stored),
  }
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
  const change = (some: Partial<WholeDraft>) => setTyped({ ...draft, ...some })
  const isChanged = Object.keys(changes).length > 0
  useUnsaved('settings', isChanged)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && isValid) save.mutate(draft)
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
        <LimitFields
          draft={draft}
          problems={limitProblems}
          onType={(field, value) => change({ [field]: value })}
          readOnly={!mayAct}
        />
        {warning && <p className="settings-warning">{warning}</p>}
        <PhoneField
          label={w.settings.phone}
          hint={w.settings.phoneHint}
          value={draft.phone}
          reading={draft.phone === stored.phone ? null : (readPhone?.(draft.phone) ?? null)}
          onType={(phone) => change({ phone })}
          problem={limitProblems.phone}
          readOnly={!mayAct}
        />
        <TagsField draft={draft} problem={wrongTags} onChange={change} readOnly={!mayAct} />
        <BudgetFields
          draft={draft}
          stored={stored}
          problems={moreProblems}
          onChange={change}
          readOnly={!mayAct}
        />
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
            <button type="submit" className="button button-main" disabled={save.isPending || !isValid}>
              {save.isPending ? w.settings.saving : w.settings.save}
            </button>
          </div>
        )}
      </form>
    </section>
  )
}
