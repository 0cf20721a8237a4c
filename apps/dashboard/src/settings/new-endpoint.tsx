import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import { Modal } from '../design/dialog.tsx'
import { useNote } from '../design/notes.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { TextField } from '../number/text-field.tsx'
import {
  type EndpointDraft,
  EVENTS,
  endpointProblems,
  NEW_ENDPOINT,
  newEndpointOf,
} from './endpoint-draft.ts'
import { SecretOnce } from './secret-once.tsx'
import { StoreFailure } from './store-failure.tsx'
import { useSettingsWords } from './use-words.ts'

const URL_MAX = 2_000
const SECRET_MAX = 200

/** Adds a webhook, and shows once the secret that zapfleet made for it. */
export function NewEndpoint({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { endpoints: words } = useSettingsWords()
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const note = useNote()
  const [draft, setDraft] = useState<EndpointDraft>(NEW_ENDPOINT)
  const set = (changes: Partial<EndpointDraft>) => setDraft({ ...draft, ...changes })
  const problems = endpointProblems(draft)
  const act = useMutation({
    mutationFn: () => client.webhookEndpoint.create.mutate(newEndpointOf(draft)),
    // The secret is in no cache once the dialog is closed.
    gcTime: 0,
    onSuccess({ name, secret }) {
      if (secret !== null) return
      note({ title: words.added(name) })
      close()
    },
    onSettled: () => queryClient.invalidateQueries(trpc.webhookEndpoint.list.pathFilter()),
  })
  function close(): void {
    act.reset()
    setDraft(NEW_ENDPOINT)
    onClose()
  }
  const made = act.data?.secret ? { name: act.data.name, secret: act.data.secret } : null
  return (
    <Modal
      open={open}
      onClose={close}
      title={made ? words.madeTitle : words.addTitle}
      closable={!act.isPending && made === null}
    >
      {made ? (
        <SecretOnce
          label={words.secretOf(made.name)}
          secret={made.secret}
          more={words.secretMore}
          onDone={close}
        />
      ) : (
        <QuestionForm
          onSubmit={() => act.mutate()}
          onCancel={close}
          isPending={act.isPending}
          mayGo={problems.size === 0}
          label={words.addAction}
        >
          <TextField
            label={words.name}
            value={draft.name}
            maxLength={50}
            hint={words.badName}
            problem={draft.name !== '' && problems.has('name') ? words.badName : undefined}
            onType={(name) => set({ name })}
          />
          <TextField
            label={words.url}
            inputMode="url"
            value={draft.url}
            maxLength={URL_MAX}
            hint={words.urlHint}
            problem={draft.url !== '' && problems.has('url') ? words.badUrl : undefined}
            onType={(url) => set({ url })}
          />
          <EventFields draft={draft} onChange={(events) => set({ events })} />
          <details className="own-secret">
            <summary>{words.ownSecret}</summary>
            <TextField
              label={words.secret}
              type="password"
              value={draft.secret}
              maxLength={SECRET_MAX}
              hint={words.secretHint}
              problem={problems.has('secret') ? words.badSecret : undefined}
              onType={(secret) => set({ secret })}
            />
          </details>
          {act.isError && <StoreFailure error={act.error} sentences={{ CONFLICT: words.taken }} />}
        </QuestionForm>
      )}
    </Modal>
  )
}

function EventFields(props: { draft: EndpointDraft; onChange: (events: EndpointDraft['events']) => void }) {
  const { endpoints: words } = useSettingsWords()
  const { events } = props.draft
  return (
    <fieldset className="choices">
      <legend className="field-label">{words.events}</legend>
      {EVENTS.map((one) => (
        <label className="check" key={one}>
          <input
            type="checkbox"
            checked={events.includes(one)}
            onChange={({ target: { checked } }) =>
              props.onChange(checked ? [...events, one] : events.filter((other) => other !== one))
            }
          />
          {words.event[one]}
        </label>
      ))}
      {events.length === 0 && (
        <p className="field-error" role="status">
          {words.noEvent}
        </p>
      )}
    </fieldset>
  )
}
