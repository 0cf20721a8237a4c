import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { ApiKey } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { SelectField } from '../design/select-field.tsx'
import { SecretOnce } from './secret-once.tsx'
import { useLast } from './use-last.ts'
import { useSettingsWords } from './use-words.ts'

const GRACES = [0, 3_600, 86_400, 604_800, 2_592_000] as const
const DAY_S = 86_400

/** Creates a key that replaces another, and shows its secret once. */
export function RotateQuestion({ value, onClose }: { value: ApiKey | null; onClose: () => void }) {
  const s = useSettingsWords()
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const key = useLast(value)
  const [graceSeconds, setGrace] = useState<number>(DAY_S)
  const act = useMutation({
    mutationFn: (id: string) => client.key.rotate.mutate({ id, graceSeconds }),
    gcTime: 0,
    onSettled: () => queryClient.invalidateQueries(trpc.key.list.pathFilter()),
  })
  function close(): void {
    act.reset()
    setGrace(DAY_S)
    onClose()
  }
  return (
    <Modal
      open={value !== null}
      onClose={close}
      title={act.data ? s.keys.madeTitle : s.keys.rotateTitle(key?.label ?? '')}
      closable={!act.isPending && !act.data}
    >
      {act.data ? (
        <SecretOnce label={s.keys.secretOf(act.data.key.label)} secret={act.data.secret} onDone={close} />
      ) : (
        <QuestionForm
          onSubmit={() => key && act.mutate(key.id)}
          onCancel={close}
          isPending={act.isPending}
          label={s.keys.rotate}
        >
          <p>{s.keys.rotateMore}</p>
          <SelectField
            label={s.keys.grace}
            value={graceSeconds}
            onChoose={(chosen) => setGrace(Number(chosen))}
          >
            {GRACES.map((one) => (
              <option key={one} value={one}>
                {s.keys.graces[one]}
              </option>
            ))}
          </SelectField>
          {act.isError && <FailureBox error={act.error} />}
        </QuestionForm>
      )}
    </Modal>
  )
}
