import { type QueryFilters, useMutation, useQueryClient } from '@tanstack/react-query'
import type { OwnSentences } from '../api/failure.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { useNote } from '../design/notes.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { useLast } from './use-last.ts'

type RemoveWords = {
  remove: string
  removeTitle: (name: string) => string
  removeMore: string
  removed: (name: string) => string
}

/** Removes something by its name, after a question. `changed` is the list that is read again. */
export function RemoveQuestion(props: {
  name: string | null
  words: RemoveWords
  remove: (name: string) => Promise<unknown>
  changed: QueryFilters
  sentences?: OwnSentences
  onClose: () => void
}) {
  const { name, words, remove, changed, sentences = {}, onClose } = props
  const queryClient = useQueryClient()
  const note = useNote()
  const shown = useLast(name)
  const act = useMutation({
    mutationFn: remove,
    onSuccess(_answer, removed) {
      note({ title: words.removed(removed) })
      close()
    },
    onSettled: () => queryClient.invalidateQueries(changed),
  })
  function close(): void {
    act.reset()
    onClose()
  }
  return (
    <Modal
      open={name !== null}
      onClose={close}
      title={words.removeTitle(shown ?? '')}
      closable={!act.isPending}
    >
      <QuestionForm
        onSubmit={() => shown !== null && act.mutate(shown)}
        onCancel={close}
        isPending={act.isPending}
        isDanger
        label={words.remove}
      >
        <p>{words.removeMore}</p>
        {act.isError && <FailureBox error={act.error} sentences={sentences} />}
      </QuestionForm>
    </Modal>
  )
}
