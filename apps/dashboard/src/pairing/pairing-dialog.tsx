import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { Pairing } from '../api/open-client.ts'
import { Modal } from '../design/dialog.tsx'
import { UnsavedGuard } from '../design/unsaved.tsx'
import { useSpeech } from '../words/speech.tsx'
import { NewNumber } from './new-number.tsx'
import { PairNumber } from './pair-number.tsx'
import './pairing.css'
import './connected.css'

/** State of the dialog: closed, the form of a new number, or the pairing of one. `first`: the pairing that `create` answered. */
type Subject = { is: 'none' } | { is: 'new' } | { is: 'pair'; name: string; first: Pairing | null }

type PairingDoor = {
  /** Opens the dialog with the form of a new number. */
  add: () => void
  /** Opens the dialog with the QR code of an existing number. */
  pair: (name: string) => void
}

type PairingState = PairingDoor & { subject: Subject; become: (subject: Subject) => void }

const Opened = createContext<PairingState | null>(null)

/** Holds the state of the dialog, which may be rendered inside another one. */
export function PairingProvider({ children }: { children: ReactNode }) {
  const [subject, become] = useState<Subject>({ is: 'none' })
  const state = useMemo<PairingState>(
    () => ({
      subject,
      become,
      add: () => become({ is: 'new' }),
      pair: (name) => become({ is: 'pair', name, first: null }),
    }),
    [subject],
  )
  return <Opened value={state}>{children}</Opened>
}

/** The functions that open the dialog. */
export function usePairing(): PairingDoor {
  return useOpened()
}

function useOpened(): PairingState {
  const state = useContext(Opened)
  if (state === null) throw new Error('usePairing is used outside of PairingProvider.')
  return state
}

/** The dialog that creates a number and pairs its phone. Rendered inside the dialog that is open, if any. */
export function PairingDialog() {
  const { w } = useSpeech()
  const { subject, become } = useOpened()
  const close = () => become({ is: 'none' })
  return (
    <UnsavedGuard>
      {(guard, question) => (
        <Modal
          open={subject.is !== 'none'}
          onClose={() => guard(close)}
          title={subject.is === 'pair' ? w.pair.pairTitle(subject.name) : w.pair.addTitle}
          className={subject.is === 'pair' ? 'pairing' : ''}
        >
          {subject.is === 'new' && (
            <NewNumber
              onMade={(name, first) => become({ is: 'pair', name, first })}
              onPairInstead={(name) => become({ is: 'pair', name, first: null })}
            />
          )}
          {subject.is === 'pair' && (
            <PairNumber
              key={subject.name}
              name={subject.name}
              first={subject.first}
              onClose={close}
              onAnother={() => become({ is: 'new' })}
              onNext={(name) => become({ is: 'pair', name, first: null })}
            />
          )}
          {question}
        </Modal>
      )}
    </UnsavedGuard>
  )
}
