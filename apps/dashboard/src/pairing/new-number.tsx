import { useMutation } from '@tanstack/react-query'
import { INSTANCE_LIMITS } from '@zapfleet/client'
import { type FormEvent, useId, useState } from 'react'
import { codeOf } from '../api/failure.ts'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import type { Pairing } from '../api/open-client.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useUnsaved } from '../design/unsaved.tsx'
import { useKnownTags } from '../live/known-tags.ts'
import { useInstance, useLiveFleet } from '../live/live-fleet.tsx'
import { type Draft, NEW_DRAFT, phoneOf, problemsOf, readDraft } from '../number/draft.ts'
import { LimitFields } from '../number/limit-fields.tsx'
import { PhoneField, usePhoneReader } from '../number/phone-field.tsx'
import { NO_TAGS, readTags, type TagDraft, tagProblem } from '../number/tag-draft.ts'
import { TagsField } from '../number/tags-field.tsx'
import { ServerField } from '../servers/server-field.tsx'
import { useSpeech } from '../words/speech.tsx'

const NEW_NAME = new RegExp(INSTANCE_LIMITS.newNamePattern)

/** The form of a new number: its name, and settings with defaults. */
export function NewNumber(props: {
  onMade: (name: string, first: Pairing) => void
  onPairInstead: (name: string) => void
}) {
  const { w, f } = useSpeech()
  const { client } = useFleet()
  const { apply, refresh } = useLiveFleet()
  const id = useId()
  const [name, setName] = useState('')
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT)
  const [server, setServer] = useState('')
  const [tagDraft, setTagDraft] = useState<TagDraft>(NO_TAGS)
  const hasPools = useKnownTags().size > 0
  const [tried, setTried] = useState(false)
  const [failedName, setFailedName] = useState<string | null>(null)
  const wanted = name.trim()
  const there = useInstance(wanted)
  const isThere = there !== undefined && there.statusReason !== 'NOT_ON_EVOLUTION'
  // The row of a create that failed half-way may arrive by the stream, or read NOT_ON_EVOLUTION. Creating it again completes it.
  const taken = isThere && failedName !== wanted
  const nameProblem = !NEW_NAME.test(wanted) ? w.pair.badName : taken ? w.pair.taken(wanted) : null
  const readPhone = usePhoneReader(draft.phone.trim() !== '')
  const problems = problemsOf(draft, w, f, readPhone)
  const wrongTags = tagProblem(tagDraft, w)
  const create = useMutation({
    mutationFn: () => {
      const { phoneNumber: _, ...limits } = readDraft(draft, NEW_DRAFT, readPhone)
      const phoneNumber = phoneOf(draft.phone, readPhone)
      return client.instance.create.mutate({
        name: wanted,
        ...limits,
        ...readTags(tagDraft, NO_TAGS),
        ...(phoneNumber ? { phoneNumber } : {}),
        ...(server ? { server } : {}),
      })
    },
    onSuccess({ instance, pairing }) {
      apply(instance.name, instance)
      props.onMade(instance.name, pairing)
    },
    onError(error) {
      endIfRevoked(error)
      // Another caller may have created the number meanwhile.
      if (codeOf(error) === 'CONFLICT') refresh()
      else setFailedName(wanted)
    },
  })
  useUnsaved('new number', !create.isSuccess && (name !== '' || draft !== NEW_DRAFT || tagDraft !== NO_TAGS))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (nameProblem === null && wrongTags === undefined && Object.keys(problems).length === 0) create.mutate()
  }
  const type = (field: keyof Draft, value: string) => setDraft({ ...draft, [field]: value })
  const tagsField = <TagsField draft={tagDraft} problem={wrongTags} onChange={setTagDraft} />
  const shownNameProblem =
    nameProblem !== null && (taken || tried || (name !== '' && wanted !== '' && !/^[\w-]*$/.test(wanted)))

  if (create.isPending) {
    return (
      <div className="making">
        <span className="qr qr-coming" aria-hidden="true">
          <span className="bone" />
        </span>
        <p role="status">{w.pair.creating}</p>
      </div>
    )
  }
  return (
    <form className="new-number" onSubmit={submit} noValidate>
      <p className="quiet">{w.pair.addLead}</p>
      {create.isError && !taken && <FailureBox error={create.error} title={w.pair.failedTitle} />}
      {create.isError && !taken && there !== undefined && <p role="status">{w.pair.kept(wanted)}</p>}
      <div className="field">
        <label className="field-label" htmlFor={`${id}-name`}>
          {w.pair.name}
        </label>
        <input
          id={`${id}-name`}
          className="input"
          value={name}
          placeholder={w.pair.namePlaceholder}
          maxLength={INSTANCE_LIMITS.nameMaxLength}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={shownNameProblem}
          aria-describedby={`${id}-name-hint`}
          onChange={(event) => setName(event.target.value)}
        />
        <p
          className={shownNameProblem ? 'field-error' : 'field-hint'}
          id={`${id}-name-hint`}
          role={shownNameProblem ? 'alert' : undefined}
        >
          {shownNameProblem ? nameProblem : w.pair.nameHint}{' '}
          {taken && (
            <button type="button" className="link" onClick={() => props.onPairInstead(wanted)}>
              {w.pair.pairThat}
            </button>
          )}
        </p>
      </div>
      <PhoneField
        label={w.pair.phone}
        hint={w.pair.phoneHint}
        value={draft.phone}
        reading={readPhone?.(draft.phone) ?? null}
        onType={(value) => type('phone', value)}
        problem={tried ? problems.phone : undefined}
      />
      {hasPools && tagsField}
      <ServerField value={server} onChoose={setServer} />
      <details className="limits">
        <summary>{w.pair.limits}</summary>
        <p className="field-hint">{w.pair.limitsHint}</p>
        <LimitFields draft={draft} problems={problems} onType={type} />
        {!hasPools && tagsField}
      </details>
      <div className="dialog-foot">
        <button type="submit" className="button button-main">
          <Icon name="qr" />
          {w.pair.create}
        </button>
      </div>
    </form>
  )
}
