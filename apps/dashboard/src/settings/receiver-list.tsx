import type { QueryFilters } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { Reading } from './reading.tsx'
import { type Receiver, ReceiverEntry, type ReceiverWords, type Tested } from './receiver-entry.tsx'
import { RemoveQuestion } from './remove-question.tsx'

/** The list of webhooks or of alert routes, with the button that adds one. `children`: the dialog of that button. */
export function ReceiverList(props: {
  words: ReceiverWords
  /** Undefined until they are read. */
  receivers: readonly Receiver[] | undefined
  error: unknown
  onRetry: () => void
  onAdd: () => void
  test: (name: string) => Promise<Tested>
  remove: (name: string) => Promise<unknown>
  /** The list that a test and a removal change. */
  changed: QueryFilters
  children: ReactNode
}) {
  const { words, receivers, error, onRetry, onAdd, test, remove, changed, children } = props
  const [removed, setRemoved] = useState<string | null>(null)
  return (
    <section className="settings-part" aria-label={words.title}>
      <div className="settings-lead">
        <p>{words.lead}</p>
        <button type="button" className="button button-main" onClick={onAdd}>
          <Icon name="plus" />
          {words.add}
        </button>
      </div>
      {receivers === undefined ? (
        <Reading error={error} onRetry={onRetry} />
      ) : receivers.length === 0 ? (
        <div className="settings-empty card">
          <h2>{words.emptyTitle}</h2>
          <p>{words.emptyMore}</p>
        </div>
      ) : (
        <ul className="entries card">
          {receivers.map((receiver) => (
            <ReceiverEntry
              key={receiver.name}
              receiver={receiver}
              words={words}
              test={test}
              changed={changed}
              onRemove={setRemoved}
            />
          ))}
        </ul>
      )}
      {children}
      <RemoveQuestion
        name={removed}
        words={words}
        remove={remove}
        changed={changed}
        onClose={() => setRemoved(null)}
      />
    </section>
  )
}
