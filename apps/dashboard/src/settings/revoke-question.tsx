import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { ApiKey } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { useNote } from '../design/notes.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { useSpeech } from '../words/speech.tsx'
import { madeBy } from './key-facts.ts'
import { useLast } from './use-last.ts'
import { useSettingsWords } from './use-words.ts'

/** Ends a key after a question, and on request the keys that it created. */
export function RevokeQuestion(props: {
  value: ApiKey | null
  keys: readonly ApiKey[]
  onClose: () => void
}) {
  const { f } = useSpeech()
  const s = useSettingsWords()
  const { client, trpc, session } = useFleet()
  const { value, keys, onClose } = props
  const queryClient = useQueryClient()
  const note = useNote()
  const key = useLast(value)
  const [alsoMade, setAlsoMade] = useState(false)
  const act = useMutation({
    mutationFn: (id: string) => client.key.revoke.mutate({ id, alsoMade }),
    onSuccess({ label, made }) {
      note({
        title: s.keys.revoked(label),
        ...(alsoMade && made.length > 0 ? { more: s.keys.revokedMore(f.number(made.length)) } : {}),
      })
      close()
    },
    onSettled: () => queryClient.invalidateQueries(trpc.key.list.pathFilter()),
  })
  function close(): void {
    act.reset()
    setAlsoMade(false)
    onClose()
  }
  if (key === null) return null
  const made = madeBy(key.id, keys)
  return (
    <Modal
      open={value !== null}
      onClose={close}
      title={s.keys.revokeTitle(key.label)}
      closable={!act.isPending}
    >
      <QuestionForm
        onSubmit={() => act.mutate(key.id)}
        onCancel={close}
        isPending={act.isPending}
        isDanger
        label={s.keys.revoke}
      >
        <p>{s.keys.revokeMore}</p>
        {key.label === session.label && <p>{s.keys.revokeOwn}</p>}
        {made.length > 0 && (
          <div>
            <label className="check">
              <input
                type="checkbox"
                checked={alsoMade}
                onChange={(event) => setAlsoMade(event.target.checked)}
              />
              {s.keys.alsoMade}
            </label>
            <p className="quiet">{made.map(({ label }) => label).join(', ')}</p>
          </div>
        )}
        {act.isError && <FailureBox error={act.error} />}
      </QuestionForm>
    </Modal>
  )
}
