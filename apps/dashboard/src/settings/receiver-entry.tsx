import { type QueryFilters, useMutation, useQueryClient } from '@tanstack/react-query'
import type { WebhookEndpoint } from '../api/open-client.ts'
import { useFailureNote } from '../api/use-failure-note.ts'
import { useNote } from '../design/notes.tsx'
import { Delivery } from './delivery.tsx'
import type { SettingsWords } from './use-words.ts'

export type ReceiverWords = SettingsWords['endpoints'] | SettingsWords['routes']
type LastDelivery = WebhookEndpoint['lastDelivery']
export type Tested = { lastDelivery: LastDelivery }

/** A webhook or an alert route, as it is shown. */
export type Receiver = {
  name: string
  /** What it is, in a word or two. */
  kind: string
  address: string
  facts?: string
  lastDelivery: LastDelivery
  change?: { label: string; named: string; onChange: () => void }
}

/** A webhook or an alert route in its list: its address, its last delivery, and the acts on it. */
export function ReceiverEntry(props: {
  receiver: Receiver
  words: ReceiverWords
  test: (name: string) => Promise<Tested>
  /** The list that a test changes. */
  changed: QueryFilters
  onRemove: (name: string) => void
}) {
  const { receiver, words, changed, onRemove } = props
  const { name, kind, address, facts, lastDelivery, change } = receiver
  const queryClient = useQueryClient()
  const note = useNote()
  const showFailure = useFailureNote()
  const test = useMutation({
    mutationFn: () => props.test(name),
    onSuccess: ({ lastDelivery: result }) =>
      note(
        result?.ok
          ? { title: words.testOk(name), more: result.error }
          : { kind: 'bad', title: words.testFailed(name), more: result?.error ?? null },
      ),
    onError: showFailure,
    onSettled: () => queryClient.invalidateQueries(changed),
  })
  return (
    <li className="entry">
      <div className="entry-words">
        <p className="entry-name">
          <strong>{name}</strong>
          <span className="entry-kind">{kind}</span>
        </p>
        <p className="entry-address">{address}</p>
        {facts && <p className="quiet figures">{facts}</p>}
        <Delivery value={lastDelivery} words={words} />
      </div>
      <div className="entry-acts">
        <button
          type="button"
          className="button button-small"
          aria-label={test.isPending ? undefined : words.testNamed(name)}
          disabled={test.isPending}
          onClick={() => test.mutate()}
        >
          {test.isPending ? words.testing : words.test}
        </button>
        {change && (
          <button
            type="button"
            className="button button-small"
            aria-label={change.named}
            onClick={change.onChange}
          >
            {change.label}
          </button>
        )}
        <button
          type="button"
          className="button button-small button-danger-quiet"
          aria-label={words.removeNamed(name)}
          onClick={() => onRemove(name)}
        >
          {words.remove}
        </button>
      </div>
    </li>
  )
}
