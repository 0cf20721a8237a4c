import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { AlertRoute } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { useNote } from '../design/notes.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { useSpeech } from '../words/speech.tsx'
import { draftOf, newRouteOf, type RouteDraft, routeProblems, routeUpdateOf } from './route-draft.ts'
import { RouteFields } from './route-fields.tsx'
import { SecretOnce } from './secret-once.tsx'
import { StoreFailure } from './store-failure.tsx'
import { useLast } from './use-last.ts'
import { useSettingsWords } from './use-words.ts'

/** The form that adds an alert route, or changes one. */
export function RouteDialog({ value, onClose }: { value: AlertRoute | 'new' | null; onClose: () => void }) {
  const { routes: words } = useSettingsWords()
  const shown = useLast(value)
  const [isBusy, setBusy] = useState(false)
  const [hasSecret, setHasSecret] = useState(false)
  const route = shown === 'new' ? null : shown
  const title = hasSecret ? words.madeTitle : route ? words.changeTitle(route.name) : words.addTitle
  return (
    <Modal open={value !== null} onClose={onClose} title={title} closable={!isBusy && !hasSecret}>
      {value !== null && (
        <RouteForm route={route} onBusy={setBusy} onSecret={setHasSecret} onClose={onClose} />
      )}
    </Modal>
  )
}

function RouteForm(props: {
  route: AlertRoute | null
  onBusy: (isBusy: boolean) => void
  onSecret: (hasSecret: boolean) => void
  onClose: () => void
}) {
  const { routes: words } = useSettingsWords()
  const { language } = useSpeech()
  const { client, trpc } = useFleet()
  const { route, onBusy, onSecret, onClose } = props
  const queryClient = useQueryClient()
  const note = useNote()
  const [draft, setDraft] = useState<RouteDraft>(() => draftOf(route, language))
  const problems = routeProblems(draft, route !== null)
  const act = useMutation({
    async mutationFn() {
      onBusy(true)
      if (route === null) return client.alertRoute.create.mutate(newRouteOf(draft))
      await client.alertRoute.update.mutate(routeUpdateOf(draft, route))
      return { name: route.name, secret: null }
    },
    // A secret is in no cache once the dialog is closed.
    gcTime: 0,
    onSuccess({ name, secret }) {
      onSecret(secret !== null)
      if (secret !== null) return
      note({ title: route === null ? words.added(name) : words.saved })
      onClose()
    },
    onSettled() {
      onBusy(false)
      return queryClient.invalidateQueries(trpc.alertRoute.list.pathFilter())
    },
  })
  if (act.data?.secret)
    return (
      <SecretOnce
        label={words.secretOf(act.data.name)}
        secret={act.data.secret}
        more={words.secretMore}
        onDone={() => {
          onSecret(false)
          onClose()
        }}
      />
    )
  return (
    <QuestionForm
      onSubmit={() => act.mutate()}
      onCancel={onClose}
      isPending={act.isPending}
      mayGo={problems.size === 0}
      label={route === null ? words.addAction : words.save}
    >
      <RouteFields
        draft={draft}
        route={route}
        problems={problems}
        onChange={(changes) => setDraft({ ...draft, ...changes })}
      />
      {act.isError && <StoreFailure error={act.error} sentences={{ CONFLICT: words.taken }} />}
    </QuestionForm>
  )
}
