import { type ReactNode, useState } from 'react'
import type { Instance } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { QuestionForm } from '../design/question-form.tsx'
import { SelectField } from '../design/select-field.tsx'
import { useSpeech } from '../words/speech.tsx'
import { MovePairing } from './move-pairing.tsx'
import { ServerOptions } from './server-options.tsx'
import { useMove } from './use-move.ts'
import { useServerList } from './use-servers.ts'

type Props = { instance: Instance; open: boolean; onClose: () => void }

/** Moves a number to another server: the choice of the server, the code to scan, and that it is done. A move that began continues. */
export function MoveDialog({ instance, open, onClose }: Props) {
  const { w } = useSpeech()
  const { name, movingTo } = instance
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={movingTo === null ? w.servers.moveTitle(name) : w.servers.movingTitle(name, movingTo)}
      className={movingTo === null ? '' : 'pairing'}
    >
      {open && <Move instance={instance} onClose={onClose} />}
    </Modal>
  )
}

function Move({ instance, onClose }: Omit<Props, 'open'>) {
  const { w } = useSpeech()
  const { name, server, movingTo } = instance
  const [goal, setGoal] = useState(movingTo)
  const move = useMove(name)
  const begin = (target: string) => move.mutate(target, { onSuccess: () => setGoal(target) })
  if (move.isPending) return <Creating server={move.variables} />
  if (goal === server) return <Moved instance={instance} onClose={onClose} />
  if (movingTo !== null)
    return (
      <MovePairing
        instance={instance}
        target={movingTo}
        first={move.data?.pairing ?? null}
        onAgain={() => begin(movingTo)}
        onClose={onClose}
      />
    )
  return (
    <Choice
      instance={instance}
      // Another person may have cancelled the move meanwhile.
      isCancelled={goal !== null}
      onChoose={begin}
      onClose={onClose}
    >
      {move.isError && <FailureBox error={move.error} sentences={failuresOf(move.variables)} />}
    </Choice>
  )

  function failuresOf(target: string) {
    return {
      CONFLICT: w.servers.moveConflict,
      EVOLUTION_UNREACHABLE: w.servers.targetAway(target, server),
    }
  }
}

function Choice(props: {
  instance: Instance
  isCancelled: boolean
  onChoose: (target: string) => void
  onClose: () => void
  children: ReactNode
}) {
  const { w } = useSpeech()
  const { instance, isCancelled, onChoose, onClose, children } = props
  const { name, server } = instance
  const others = useServerList().filter((one) => one.name !== server)
  const [chosen, setChosen] = useState<string | null>(null)
  const target = others.find((one) => one.name === chosen) ?? bestOf(others)
  return (
    <QuestionForm
      onSubmit={() => target && onChoose(target.name)}
      onCancel={onClose}
      isPending={false}
      mayGo={target !== undefined}
      icon="qr"
      label={w.servers.begin}
    >
      {isCancelled && <p role="status">{w.servers.wasCancelled}</p>}
      <p>{w.servers.moveLead(name, server)}</p>
      <SelectField label={w.servers.target} value={target?.name ?? ''} onChoose={setChosen}>
        <ServerOptions servers={others} />
      </SelectField>
      {children}
    </QuestionForm>
  )
}

/** The one with the fewest numbers of those that can be used, else the first. */
function bestOf<Server extends { problem: string | null; numbers: number }>(
  servers: readonly Server[],
): Server | undefined {
  const usable = servers.filter(({ problem }) => problem === null)
  const [first] = usable.toSorted((one, other) => one.numbers - other.numbers)
  return first ?? servers[0]
}

function Creating({ server }: { server: string }) {
  const { w } = useSpeech()
  return (
    <div className="making">
      <span className="qr qr-coming" aria-hidden="true">
        <span className="bone" />
      </span>
      <p role="status">{w.servers.creating(server)}</p>
    </div>
  )
}

function Moved({ instance: { name, server }, onClose }: Omit<Props, 'open'>) {
  const { w } = useSpeech()
  return (
    <div className="joy" role="status">
      <span className="joy-mark" aria-hidden="true">
        <Icon name="check" />
      </span>
      <p className="joy-title">{w.servers.movedTitle(name, server)}</p>
      <p className="quiet">{w.servers.movedMore}</p>
      <div className="joy-acts">
        <button type="button" className="button button-main" onClick={onClose}>
          {w.pair.done}
        </button>
      </div>
    </div>
  )
}
