import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { Server } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { useNote } from '../design/notes.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { TextField } from '../number/text-field.tsx'
import { DEFAULT_SERVER } from '../servers/server-counts.ts'
import {
  newServerOf,
  type ServerDraft,
  serverDraftOf,
  serverProblems,
  serverUpdateOf,
} from './server-draft.ts'
import { StoreFailure } from './store-failure.tsx'
import { useLast } from './use-last.ts'
import { useSettingsWords } from './use-words.ts'

const URL_MAX = 2_000
const KEY_MAX = 500

/** The form that adds an Evolution server, or changes address or key of one. */
export function ServerDialog({ value, onClose }: { value: Server | 'new' | null; onClose: () => void }) {
  const { servers: words } = useSettingsWords()
  const shown = useLast(value)
  const [isBusy, setBusy] = useState(false)
  const server = shown === 'new' ? null : shown
  return (
    <Modal
      open={value !== null}
      onClose={onClose}
      title={server ? words.changeTitle(server.name) : words.addTitle}
      closable={!isBusy}
    >
      {value !== null && <ServerForm server={server} onBusy={setBusy} onClose={onClose} />}
    </Modal>
  )
}

function ServerForm(props: {
  server: Server | null
  onBusy: (isBusy: boolean) => void
  onClose: () => void
}) {
  const { servers: words } = useSettingsWords()
  const { client, trpc } = useFleet()
  const { server, onBusy, onClose } = props
  const queryClient = useQueryClient()
  const note = useNote()
  const [draft, setDraft] = useState<ServerDraft>(() => serverDraftOf(server))
  const problems = serverProblems(draft, server !== null)
  const update = server && serverUpdateOf(draft, server)
  const act = useMutation({
    mutationFn() {
      onBusy(true)
      return update ? client.server.update.mutate(update) : client.server.add.mutate(newServerOf(draft))
    },
    // The key is in no cache once the dialog is closed.
    gcTime: 0,
    onSuccess({ name }) {
      note({ title: server === null ? words.added(name) : words.saved })
      onClose()
    },
    onSettled() {
      onBusy(false)
      return queryClient.invalidateQueries(trpc.server.list.pathFilter())
    },
  })
  return (
    <QuestionForm
      onSubmit={() => act.mutate()}
      onCancel={onClose}
      isPending={act.isPending}
      mayGo={problems.size === 0 && (server === null || update !== null)}
      label={server === null ? words.addAction : words.save}
    >
      <ServerFields
        draft={draft}
        isStored={server !== null}
        problems={problems}
        onChange={(changes) => setDraft({ ...draft, ...changes })}
      />
      <p className="quiet" role="status">
        {act.isPending ? words.adding : ''}
      </p>
      {act.isError && (
        <StoreFailure
          error={act.error}
          sentences={{
            CONFLICT: server === null ? words.taken : words.notThisServer,
            EVOLUTION_UNREACHABLE: words.noAnswer,
            EVOLUTION_REFUSED: words.refused,
          }}
        />
      )}
    </QuestionForm>
  )
}

function ServerFields(props: {
  draft: ServerDraft
  isStored: boolean
  problems: ReadonlySet<keyof ServerDraft>
  onChange: (changes: Partial<ServerDraft>) => void
}) {
  const { servers: words } = useSettingsWords()
  const { draft, isStored, problems, onChange } = props
  const isWrong = (field: keyof ServerDraft) => draft[field] !== '' && problems.has(field)
  const nameProblem = draft.name.trim() === DEFAULT_SERVER ? words.isDefault : words.badName
  return (
    <>
      {!isStored && (
        <TextField
          label={words.name}
          value={draft.name}
          maxLength={50}
          hint={words.badName}
          problem={isWrong('name') ? nameProblem : undefined}
          onType={(name) => onChange({ name })}
        />
      )}
      <TextField
        label={words.url}
        inputMode="url"
        value={draft.url}
        maxLength={URL_MAX}
        hint={isStored ? words.sameServer : words.urlHint}
        problem={isWrong('url') ? words.badUrl : undefined}
        onType={(url) => onChange({ url })}
      />
      <TextField
        label={words.apiKey}
        type="password"
        value={draft.apiKey}
        maxLength={KEY_MAX}
        hint={isStored ? words.kept : words.apiKeyHint}
        problem={isWrong('apiKey') ? words.badKey : undefined}
        onType={(apiKey) => onChange({ apiKey })}
      />
    </>
  )
}
