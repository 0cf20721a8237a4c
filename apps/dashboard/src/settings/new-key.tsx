import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { Role } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { SelectField } from '../design/select-field.tsx'
import { TextField } from '../number/text-field.tsx'
import { poolsIn } from './key-facts.ts'
import { SecretOnce } from './secret-once.tsx'
import { useSettingsWords } from './use-words.ts'

const ROLES = ['bot', 'viewer', 'admin'] as const satisfies Role[]
const DAYS = [0, 1, 30, 90, 365] as const
const DAY_MS = 86_400_000
const LABEL_MAX = 80
/** 20 pools of 50 characters, and what is between them. */
const POOLS_TEXT_MAX = 1_100

/** Creates a key, and shows its secret once. */
export function NewKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const s = useSettingsWords()
  const { client, trpc } = useFleet()
  const queryClient = useQueryClient()
  const [label, setLabel] = useState('')
  const [role, setRole] = useState<Role>('bot')
  const [days, setDays] = useState<number>(0)
  const [pools, setPools] = useState('')
  const isBound = role !== 'admin'
  const act = useMutation({
    mutationFn: () =>
      client.key.create.mutate({
        label: label.trim(),
        role,
        pools: isBound ? poolsIn(pools) : null,
        ...(days > 0 ? { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
      }),
    // The secret is in no cache once the dialog is closed.
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries(trpc.key.list.pathFilter()),
  })
  function close(): void {
    act.reset()
    setLabel('')
    setRole('bot')
    setDays(0)
    setPools('')
    onClose()
  }
  return (
    <Modal
      open={open}
      onClose={close}
      title={act.data ? s.keys.madeTitle : s.keys.createTitle}
      closable={!act.isPending && !act.data}
    >
      {act.data ? (
        <SecretOnce label={s.keys.secretOf(act.data.key.label)} secret={act.data.secret} onDone={close} />
      ) : (
        <QuestionForm
          onSubmit={() => act.mutate()}
          onCancel={close}
          isPending={act.isPending}
          mayGo={label.trim() !== ''}
          label={s.keys.createAction}
        >
          <TextField
            label={s.keys.label}
            hint={s.keys.labelHint}
            value={label}
            maxLength={LABEL_MAX}
            onType={setLabel}
          />
          <SelectField label={s.keys.role} value={role} onChoose={(value) => setRole(value as Role)}>
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {s.keys.roles[one]}
              </option>
            ))}
          </SelectField>
          {isBound && (
            <TextField
              label={s.keys.pools}
              hint={s.keys.poolsHint}
              value={pools}
              maxLength={POOLS_TEXT_MAX}
              onType={setPools}
            />
          )}
          <SelectField label={s.keys.ends} value={days} onChoose={(value) => setDays(Number(value))}>
            {DAYS.map((one) => (
              <option key={one} value={one}>
                {s.keys.endsIn[one]}
              </option>
            ))}
          </SelectField>
          {act.isError && <FailureBox error={act.error} />}
        </QuestionForm>
      )}
    </Modal>
  )
}
